"""Why an order is not exported, since when, and for whom it waits: in one sentence."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from iomconnector.model.audit import AuditEntry
from iomconnector.model.endpoints import CircuitState, EndpointState
from iomconnector.model.export_acts import GIVEN_UP_UNAPPROVED
from iomconnector.model.export_filters import ExportSummary
from iomconnector.model.exports import ExportRequest, ExportState
from iomconnector.ports.audit_trail import AuditTrail
from iomconnector.ports.clock import Clock
from iomconnector.ports.export_queries import ExportQueries, UnreadableOrder
from iomconnector.ports.order_repository import StoredOrder
from iomconnector.usecases.approve_orders import open_step
from iomconnector.usecases.channel_outlook import ChannelOutlook, ChannelOutlooks
from iomconnector.usecases.parked_advice import advice_for

RETRY = "`iomconnector order retry NUMBER`"


class WaitsFor(StrEnum):
    """Who or what has to do something before the order goes on."""

    NOBODY = "nobody"
    APPROVER = "an approver"
    WORKER = "a worker"
    TIME = "the time of the next attempt"
    RECEIVER = "the order management system"
    OPERATOR = "an operator"


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an order is where it is.

    Arguments:
        sentence: The whole of it, for people.
        since: Since when it is like that.
        waits_for: Who or what has to do something.
        advice: What an operator can do; empty where there is nothing to do.
    """

    sentence: str
    since: datetime
    waits_for: WaitsFor
    advice: str = ""


class ExplainExport:
    """Explains where orders stand.

    Arguments:
        queries: Finds exports and orders.
        outlooks: Sees what the orders of channels wait for.
        audit_trail: Tells who gave an order up.
        clock: Tells the time.
    """

    def __init__(
        self, queries: ExportQueries, outlooks: ChannelOutlooks, audit_trail: AuditTrail, clock: Clock
    ) -> None:
        self._queries = queries
        self._outlooks = outlooks
        self._audit_trail = audit_trail
        self._clock = clock

    async def explain(self, channel: str, number: str) -> Explanation:
        """Why an order waits, since when, and for whom.

        Raises:
            NotFoundError: There is no such order.
        """
        return await self.of(await self._queries.summary(channel, number))

    async def of(self, summary: ExportSummary) -> Explanation:
        """The same of an order whose export is at hand."""
        request = summary.request
        if request.state is ExportState.DUE:
            return _due(request, await self._outlooks.of(request.channel), self._clock.now())
        if request.state in (ExportState.WAITING_FOR_APPROVAL, ExportState.REJECTED):
            found = await self._queries.orders([request.order_id])
            order = found.get(request.order_id)
            told = _approval if request.state is ExportState.WAITING_FOR_APPROVAL else _rejected
            return told(request, order)
        if request.state is ExportState.GIVEN_UP:
            entries = await self._audit_trail.entries(
                topic="order", subject=request.number, context=request.channel
            )
            entry = next((each for each in entries if each.action == "order.given_up"), None)
            return _given_up(request, entry)
        if request.state is ExportState.SENDING:
            return _sending(request, self._clock.now())
        return _parked(request) if request.state is ExportState.PARKED else _exported(request)


def _approval(request: ExportRequest, order: StoredOrder | UnreadableOrder | None) -> Explanation:
    whose = "an approval"
    if isinstance(order, StoredOrder) and (waiting := open_step(order.placed)) is not None:
        _, step = waiting
        whose = f"the {step.kind.value.replace('_', ' ')} approval by {' or '.join(step.approvers)}"
    elif isinstance(order, UnreadableOrder):
        whose = f"an approval, and cannot be read: {order.problem.rstrip('.')}"
    return Explanation(
        f"Order {request.number} has waited since {_at(request.updated_at)} for {whose}.",
        request.updated_at,
        WaitsFor.APPROVER,
        "`iomconnector order approve` or `order reject` decides.",
    )


def _rejected(request: ExportRequest, order: StoredOrder | UnreadableOrder | None) -> Explanation:
    by, why = "an approver", ""
    if isinstance(order, StoredOrder) and order.placed.decisions:
        last = order.placed.decisions[-1]
        by, why = last.decided_by, f": {last.comment}" if last.comment else ""
    return Explanation(
        _ended(f"Order {request.number} was rejected by {by} at {_at(request.updated_at)}{why}"),
        request.updated_at,
        WaitsFor.NOBODY,
    )


def _due(request: ExportRequest, outlook: ChannelOutlook, now: datetime) -> Explanation:
    since = request.requested_at
    begin = f"Order {request.number} has been due since {_at(since)}"
    if outlook.pause is not None:
        pause = outlook.pause
        return Explanation(
            _ended(
                f"{begin}, but the export of {request.channel} is paused by {pause.paused_by} since "
                f"{_at(pause.paused_at)}: {pause.reason}"
            ),
            since,
            WaitsFor.OPERATOR,
            f"`iomconnector order resume {request.channel}` ends the pause.",
        )
    if outlook.no_service is not None:
        return Explanation(
            _ended(f"{begin}, but no service exports the orders of {request.channel}: {outlook.no_service}"),
            since,
            WaitsFor.OPERATOR,
            "`iomconnector service list` says why each service is off.",
        )
    if outlook.endpoint is not None and (until := outlook.endpoint.available_at(now)) is not None:
        return _held_back(begin, since, outlook.endpoint, until)
    if request.due_at > now:
        return _later(request)
    attempts = f" for attempt {request.attempts + 1}" if request.attempts else ""
    return Explanation(
        f"{begin}, and the next free worker takes it{attempts}.",
        since,
        WaitsFor.WORKER,
        "Where that takes long, see whether `iomconnector serve` or `worker` runs, and `order backlog`.",
    )


def _held_back(begin: str, since: datetime, endpoint: EndpointState, until: datetime) -> Explanation:
    why = endpoint.last_reason or endpoint.last_code or "it failed too often"
    if endpoint.circuit is CircuitState.OPEN:
        failed = f" since {_at(endpoint.last_failure_at)}" if endpoint.last_failure_at else ""
        held = f"nothing is sent to {endpoint.name}{failed}, and it is tried again at {_at(until)}: {why}"
    else:
        held = f"{endpoint.name} asked for nothing to be sent before {_at(until)}"
    return Explanation(
        _ended(f"{begin}, but {held}"),
        since,
        WaitsFor.RECEIVER,
        "It goes on by itself when the order management system answers again.",
    )


def _later(request: ExportRequest) -> Explanation:
    code = f" ({request.reason_code})" if request.reason_code else ""
    failed = f" after attempt {request.attempts}{code}: {request.reason}" if request.reason else ""
    return Explanation(
        _ended(
            f"Order {request.number} has waited since {_at(request.updated_at)} for another attempt at "
            f"{_at(request.due_at)}{failed}"
        ),
        request.updated_at,
        WaitsFor.TIME,
        "`iomconnector order expedite NUMBER` does not wait.",
    )


def _sending(request: ExportRequest, now: datetime) -> Explanation:
    worker = f"worker {request.held_by}" if request.held_by else "a worker"
    until = request.lease_until
    if until is not None and until <= now:
        sentence = (
            f"Order {request.number} was taken by {worker} at {_at(request.updated_at)}, whose lease ended "
            f"at {_at(until)}: another worker takes it over, and asks the receiver for it first."
        )
    else:
        lease = f", with a lease until {_at(until)}" if until else ""
        sentence = (
            f"Order {request.number} is being sent by {worker} since {_at(request.updated_at)}{lease} "
            f"(attempt {request.attempts})."
        )
    return Explanation(sentence, request.updated_at, WaitsFor.WORKER)


def _parked(request: ExportRequest) -> Explanation:
    code = f" ({request.reason_code})" if request.reason_code else ""
    return Explanation(
        _ended(
            f"Order {request.number} has been parked since {_at(request.updated_at)} and needs an operator"
            f"{code}: {request.reason or 'no reason is known'}"
        ),
        request.updated_at,
        WaitsFor.OPERATOR,
        advice_for(request.reason_code),
    )


def _given_up(request: ExportRequest, entry: AuditEntry | None) -> Explanation:
    by = f" by {entry.by}" if entry else ""
    before = " before it was approved" if request.reason_code == GIVEN_UP_UNAPPROVED else ""
    return Explanation(
        _ended(
            f"Order {request.number} was given up{by} at {_at(request.updated_at)}{before}: "
            f"{request.reason or 'no reason is known'}"
        ),
        request.updated_at,
        WaitsFor.NOBODY,
        f"{RETRY} takes it up again.",
    )


def _exported(request: ExportRequest) -> Explanation:
    at = request.exported_at or request.updated_at
    where = f", and stands at {request.reference}" if request.reference else ""
    return Explanation(
        f"Order {request.number} has been exported since {_at(at)}{where}.", at, WaitsFor.NOBODY
    )


def _at(moment: datetime | None) -> str:
    return f"{moment:%F %T} UTC" if moment is not None else "an unknown time"


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".", "!", "?")) else f"{sentence}."
