"""Correct an order that the order management system cannot take as it is."""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from iomconnector.errors import ConnectorError
from iomconnector.model.document_edits import FieldDifference, differences
from iomconnector.model.export_acts import CORRECTABLE, Correction
from iomconnector.model.export_filters import ExportSummary
from iomconnector.model.exports import ExportState, PlacedOrder
from iomconnector.model.order_documents import OrderDocumentError, dump_order, order_from, parse_json
from iomconnector.model.orders import Order
from iomconnector.ports.clock import Clock
from iomconnector.ports.export_desk import ExportDesk
from iomconnector.ports.export_queries import ExportQueries, UnreadableOrder
from iomconnector.ports.order_export_service import OrderExportService, OrderNotExportableError
from iomconnector.ports.order_repository import StoredOrder
from iomconnector.usecases.export_act_plans import ReasonMissingError

FIXED = ("number", "channel", "currency", "approval_steps")
"""Fields that no correction changes: they say which order it is, and who has to approve it."""

Edit = Callable[[Any], Any]


class CorrectionError(ConnectorError):
    """The order cannot be corrected like that, or not as it stands; nothing was changed."""

    code = "order.correction_refused"


@dataclass(frozen=True, slots=True)
class CorrectionDraft:
    """A correction that is not saved yet.

    Arguments:
        summary: The export of the order as it stands.
        order: The order as it is to be.
        differences: The fields that differ.
        problem: Why the receiver could not take it even then; none where it could, as far as can be told
            without sending it.
        unchecked: Why that could not be found out; none where it was.
        notes: What the configuration permits to be lost of it, one sentence each.
    """

    summary: ExportSummary
    order: Order
    differences: Sequence[FieldDifference]
    problem: str | None = None
    unchecked: str | None = None
    notes: Sequence[str] = ()


class CorrectOrders:
    """Replaces the content of orders that did not leave the shop, or that nobody could take. What stood there
    before is kept; the corrected order is due.

    Arguments:
        queries: Finds exports and orders.
        desk: Stores corrections.
        resolve: Gives the export service of a channel.
        clock: Tells the time.
    """

    def __init__(
        self,
        queries: ExportQueries,
        desk: ExportDesk,
        resolve: Callable[[str], Awaitable[OrderExportService]],
        clock: Clock,
    ) -> None:
        self._queries = queries
        self._desk = desk
        self._resolve = resolve
        self._clock = clock
        self._when_due: list[Callable[[], None]] = []

    def when_due(self, call: Callable[[], None]) -> None:
        """Have something called whenever a corrected order became due."""
        self._when_due.append(call)

    async def document(self, channel: str, number: str) -> Any:
        """The document of an order as it can be edited, as parsed JSON.

        Raises:
            NotFoundError: There is no such order.
            OrderDocumentError: What stands in the database is no JSON; only a whole document can replace it.
        """
        summary = await self._queries.summary(channel, number)
        return parse_json(await self._text(summary))

    async def draft(
        self, channel: str, number: str, edit: Edit, *, revision: int | None = None
    ) -> CorrectionDraft:
        """See what a correction would change, and whether the receiver could take the order then. Nothing is
        changed, and nothing is sent.

        Arguments:
            channel: The channel of the order.
            number: Its number.
            edit: Gives the corrected document, as parsed JSON, for the one that there is; for ``None`` where
                what stands in the database is no JSON.
            revision: That of the document which was edited, where that was read earlier; none where the edit
                takes the document as it is given.

        Raises:
            NotFoundError: There is no such order.
            OrderDocumentError: What the edit gives is no valid order; every wrong field is named.
            CorrectionError: The order cannot be corrected as it stands, somebody else corrected it since
                that revision, nothing would be different, or a field would be that must stay.
        """
        summary = await self._queries.summary(channel, number)
        _require_correctable(summary)
        if revision is not None and revision != summary.request.revision:
            raise _overtaken(summary)
        text = await self._text(summary)
        try:
            before = parse_json(text)
        except OrderDocumentError:
            before = None
        order = order_from(edit(before))
        after = json.loads(dump_order(order))
        found = list(differences(before, after))
        _require_sound(summary, before, after, found)
        return await self._checked(CorrectionDraft(summary, order, found))

    async def save(self, draft: CorrectionDraft, *, by: str, reason: str) -> ExportSummary:
        """Store a correction and make the order due.

        Arguments:
            draft: The correction.
            by: Who corrects it.
            reason: Why.

        Returns:
            The export as it stands now.

        Raises:
            ReasonMissingError: There is no reason.
            CorrectionError: Somebody else corrected the order meanwhile, or a worker sends it; nothing was
                changed.
        """
        if not reason.strip():
            raise ReasonMissingError("A correction needs a reason.", hint="Say why; it is kept for good.")
        request = draft.summary.request
        stored = await self._desk.correct(
            Correction(
                order_id=request.order_id,
                order=draft.order,
                revision=request.revision,
                fields=tuple(each.path for each in draft.differences),
                by=by,
                at=self._clock.now(),
                reason=reason,
            )
        )
        now = await self._queries.summary(request.channel, request.number)
        if not stored:
            _require_correctable(now)
            raise _overtaken(now)
        for call in self._when_due:
            call()
        return now

    async def _text(self, summary: ExportSummary) -> str:
        key = summary.request.order_id
        stored = (await self._queries.orders([key]))[key]
        return stored.content if isinstance(stored, UnreadableOrder) else dump_order(stored.placed.order)

    async def _checked(self, draft: CorrectionDraft) -> CorrectionDraft:
        request = draft.summary.request
        stored = (await self._queries.orders([request.order_id]))[request.order_id]
        decisions = stored.placed.decisions if isinstance(stored, StoredOrder) else ()
        placed = PlacedOrder(draft.order, decisions, request.revision + 1)
        problem = unchecked = None
        notes: Sequence[str] = ()
        try:
            service = await self._resolve(request.channel)
            service.preview(placed)
            notes = service.notes(placed)
        except OrderNotExportableError as error:
            problem = error.message
        except ConnectorError as error:
            unchecked = str(error)
        return CorrectionDraft(draft.summary, draft.order, draft.differences, problem, unchecked, notes)


def _require_correctable(summary: ExportSummary) -> None:
    request = summary.request
    if request.state in CORRECTABLE:
        return
    told = {
        ExportState.SENDING: "is being sent at this moment. Try again when that has ended",
        ExportState.EXPORTED: "is exported: correct it in the order management system",
        ExportState.WAITING_FOR_APPROVAL: "waits for an approval of what it is now. Give it up first",
        ExportState.REJECTED: "was rejected by an approver, and stays in the shop",
    }[request.state]
    raise CorrectionError(f"Order {request.number} {told}.", order=request.number, channel=request.channel)


def _overtaken(summary: ExportSummary) -> CorrectionError:
    request = summary.request
    return CorrectionError(
        f"Order {request.number} was corrected by somebody else meanwhile.",
        hint="Look at the order as it is now, and correct that.",
        order=request.number,
        channel=request.channel,
    )


def _require_sound(summary: ExportSummary, before: Any, after: Any, found: Sequence[FieldDifference]) -> None:
    request = summary.request
    ids = {"order": request.number, "channel": request.channel}
    if not found:
        raise CorrectionError(f"Nothing of order {request.number} would be different.", **ids)
    known = before if isinstance(before, dict) else {"number": request.number, "channel": request.channel}
    changed = [name for name in FIXED if name in {**known, **after} and _differs(known, after, name, before)]
    if changed:
        raise CorrectionError(
            f"A correction changes neither number, channel, currency nor approval steps of an order; "
            f"this one would change {', '.join(changed)} of order {request.number}.",
            **ids,
        )


def _differs(known: Any, after: Any, name: str, before: Any) -> bool:
    if not isinstance(before, dict) and name not in known:
        return False
    return bool(known.get(name) != after.get(name))
