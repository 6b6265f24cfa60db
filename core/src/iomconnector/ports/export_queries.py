"""Looking for exports: lists, counts and the record of one, quick with a million of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from iomconnector.model.export_filters import ExportFilter, ExportOrder, ExportSummary
from iomconnector.model.exports import ExportAttempt, ExportPause, ExportState, OrderCorrection
from iomconnector.ports.order_repository import StoredOrder


@dataclass(frozen=True, slots=True)
class ExportPage:
    """Some exports of a list.

    Arguments:
        rows: The exports, in the order asked for.
        next: What to give as ``after`` to get the page behind it; none where this is the last.
    """

    rows: Sequence[ExportSummary]
    next: str | None


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How many exports of a channel are in a state for a reason.

    Arguments:
        channel: The channel.
        state: The state.
        reason_code: The reason as a code.
        count: How many.
        example: The reason of one of them, as a sentence.
    """

    channel: str
    state: ExportState
    reason_code: str
    count: int
    example: str


@dataclass(frozen=True, slots=True)
class ChannelBacklog:
    """What of a channel has not left the shop.

    Arguments:
        channel: The channel.
        counts: How many exports are in each state but ``exported``; every such state has an entry.
        due_now: How many of those that are due may be sent now; the others wait for another attempt.
        oldest_due_since: Since when the export is asked for that is due for the longest time.
        next_due_at: When the next of them may be sent.
        pause: Who switched the export of the channel off, when and why; none where it is on.
    """

    channel: str
    counts: Mapping[ExportState, int]
    due_now: int
    oldest_due_since: datetime | None
    next_due_at: datetime | None
    pause: ExportPause | None


@dataclass(frozen=True, slots=True)
class UnreadableOrder:
    """What stands in the database is no valid order (any more).

    Arguments:
        problem: What is wrong with it, as a sentence.
        content: What stands there.
    """

    problem: str
    content: str = ""


class ExportQueries(Protocol):
    """Finds exports. Nothing but :meth:`orders` reads what is in an order, so that one that is damaged hides
    no other."""

    async def page(
        self,
        wanted: ExportFilter,
        *,
        order: ExportOrder = ExportOrder.NEWEST,
        after: str | None = None,
        limit: int = 50,
    ) -> ExportPage:
        """Some of the exports that meet conditions.

        Going from page to page by ``next`` shows each export once that is there all the time.

        Arguments:
            wanted: The conditions.
            order: Their order.
            after: The ``next`` of the page before; none for the first page.
            limit: How many exports at most; 1 or more.

        Raises:
            PageMarkError: ``after`` was not given by such a page.
        """
        ...

    async def count(self, wanted: ExportFilter, *, limit: int | None = None) -> int:
        """How many exports meet conditions; counting ends at ``limit``."""
        ...

    async def counts_by_reason(self, wanted: ExportFilter) -> Mapping[tuple[ExportState, str | None], int]:
        """How many exports that meet conditions there are of each state and code of a reason."""
        ...

    async def counts(self) -> Mapping[tuple[str, ExportState], int]:
        """How many exports there are of each channel and state; those that there are not are left out."""
        ...

    async def reasons(self, *, channels: Sequence[str] = ()) -> Sequence[ReasonCount]:
        """For which reasons exports wait, are parked or were given up, the most frequent first.

        Arguments:
            channels: Only these channels; all where empty.
        """
        ...

    async def backlog(self, *, now: datetime) -> Sequence[ChannelBacklog]:
        """What has not left the shop, for each channel, by its id; channels without orders too."""
        ...

    async def summary(self, channel: str, number: str) -> ExportSummary:
        """The export of the order of that number.

        Raises:
            NotFoundError: There is no such order.
        """
        ...

    async def orders(self, order_ids: Sequence[int]) -> Mapping[int, StoredOrder | UnreadableOrder]:
        """The orders of these keys; one that there is not is left out."""
        ...

    async def attempts(self, order_id: int) -> Sequence[ExportAttempt]:
        """The attempts to export an order whose outcome is known, in their order."""
        ...

    async def corrections(self, order_id: int) -> Sequence[OrderCorrection]:
        """The corrections of an order's content, in their order."""
        ...
