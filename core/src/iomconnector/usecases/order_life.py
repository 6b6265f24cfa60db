"""The life of one order: everything that happened to its export, in the order in which it happened."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from iomconnector.model.approvals import ApprovalDecision, Decision
from iomconnector.model.audit import AuditEntry
from iomconnector.model.export_filters import ExportSummary
from iomconnector.model.exports import ExportAttempt, ExportState, OrderCorrection
from iomconnector.ports.audit_trail import AuditTrail
from iomconnector.ports.export_queries import ExportQueries, UnreadableOrder
from iomconnector.ports.message_log import Message, MessageLog
from iomconnector.ports.order_repository import StoredOrder
from iomconnector.usecases.explain_export import ExplainExport, Explanation

MOST_ENTRIES = 1000


class Happening(StrEnum):
    """What happened."""

    PLACED = "placed"
    APPROVED = "approved"
    REJECTED = "rejected"
    TAKEN = "taken"
    """A worker began an attempt."""
    ATTEMPT = "attempt"
    """An attempt ended."""
    LOST = "lost"
    """A worker began an attempt and was lost."""
    MESSAGE = "message"
    """A message was sent, and answered or not."""
    OPERATOR = "operator"
    """An operator did something."""
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """One thing that happened.

    Arguments:
        at: When; of a lost attempt, the time after which nothing is known of it.
        what: What kind of thing.
        sentence: The whole of it, for people.
        by: Who did it; empty where nobody is known.
        message: The message with request and answer, secrets masked; none where it is none.
        attempt: The attempt that ended; none where none did.
        correction: The correction with what stood there before; none where it is none.
    """

    at: datetime
    what: Happening
    sentence: str
    by: str = ""
    message: Message | None = None
    attempt: ExportAttempt | None = None
    correction: OrderCorrection | None = None


@dataclass(frozen=True, slots=True)
class OrderLife:
    """One order with its whole life.

    Arguments:
        summary: Where its export stands.
        order: The order; or what is wrong with it where it cannot be read.
        explanation: Why it waits, since when, for whom.
        events: What happened, the first thing first.
    """

    summary: ExportSummary
    order: StoredOrder | UnreadableOrder
    explanation: Explanation
    events: Sequence[LifeEvent]


class OrderLives:
    """Tells the lives of orders.

    Arguments:
        queries: Finds exports and orders.
        message_log: Keeps every message.
        audit_trail: Keeps what operators did.
        explain: Explains where an order stands.
    """

    def __init__(
        self,
        queries: ExportQueries,
        message_log: MessageLog,
        audit_trail: AuditTrail,
        explain: ExplainExport,
    ) -> None:
        self._queries = queries
        self._message_log = message_log
        self._audit_trail = audit_trail
        self._explain = explain

    async def of(self, channel: str, number: str) -> OrderLife:
        """The life of an order.

        Raises:
            NotFoundError: There is no such order.
        """
        summary = await self._queries.summary(channel, number)
        key = summary.request.order_id
        order = (await self._queries.orders([key])).get(key, UnreadableOrder("The order is gone."))
        attempts = await self._queries.attempts(key)
        events = [LifeEvent(summary.placed_at, Happening.PLACED, "It was placed.")]
        if isinstance(order, StoredOrder):
            events += [_decided(decision) for decision in order.placed.decisions]
        events += _attempts(summary, attempts)
        events += [_said(each) for each in await self._message_log.of_order(channel, number)]
        events += _acts(
            await self._audit_trail.entries(
                topic="order", subject=number, context=channel, limit=MOST_ENTRIES
            ),
            {each.revision: each for each in await self._queries.corrections(key)},
        )
        events.sort(key=lambda event: event.at)
        return OrderLife(summary, order, await self._explain.of(summary), events)


def _decided(decision: ApprovalDecision) -> LifeEvent:
    approved = decision.decision is Decision.APPROVED
    kind = decision.kind.value.replace("_", " ")
    comment = f": {decision.comment}" if decision.comment else "."
    return LifeEvent(
        decision.decided_at,
        Happening.APPROVED if approved else Happening.REJECTED,
        f"The {kind} approval was {'given' if approved else 'refused'}{comment}",
        decision.decided_by,
    )


def _attempts(summary: ExportSummary, attempts: Sequence[ExportAttempt]) -> Iterator[LifeEvent]:
    """Attempts with the gaps between them: numbers of which no outcome is known."""
    request = summary.request
    known_until, next_number = summary.placed_at, 1
    for attempt in attempts:
        yield from _lost(next_number, attempt.attempt, known_until)
        yield LifeEvent(
            attempt.claimed_at,
            Happening.TAKEN,
            f"Attempt {attempt.attempt} was begun.",
            attempt.worker,
        )
        yield LifeEvent(attempt.ended_at, Happening.ATTEMPT, _outcome(attempt), attempt.worker, None, attempt)
        known_until, next_number = attempt.ended_at, attempt.attempt + 1
    begun = request.attempts + (0 if request.state is ExportState.SENDING else 1)
    yield from _lost(next_number, begun, known_until)
    if request.state is ExportState.SENDING:
        yield LifeEvent(
            request.updated_at,
            Happening.TAKEN,
            f"Attempt {request.attempts} was begun.",
            request.held_by or "",
        )


def _lost(first: int, end: int, after: datetime) -> Iterator[LifeEvent]:
    for number in range(first, end):
        yield LifeEvent(
            after, Happening.LOST, f"Attempt {number} was begun after this, and its worker was lost."
        )


def _outcome(attempt: ExportAttempt) -> str:
    why = f" ({attempt.code}): {attempt.reason}" if attempt.code else ""
    if attempt.outcome is ExportState.EXPORTED:
        return f"Attempt {attempt.attempt} exported the order."
    if attempt.outcome is ExportState.DUE:
        return f"Attempt {attempt.attempt} failed and is to be repeated{why}"
    return f"Attempt {attempt.attempt} ended: the order was {attempt.outcome.value}{why}"


def _said(message: Message) -> LifeEvent:
    answer = str(message.status) if message.status is not None else message.error or "no answer"
    return LifeEvent(
        message.at,
        Happening.MESSAGE,
        f"{message.method} {message.url}: {answer} in {message.duration_ms:.0f} ms",
        message.service,
        message,
    )


def _sentence(told: str) -> str:
    """What happened to the order, or to its stock."""
    return f"S{told[1:]}" if told.startswith("stock ") else f"It was {told}"


def _acts(entries: Sequence[AuditEntry], corrections: dict[int, OrderCorrection]) -> Iterator[LifeEvent]:
    for entry in reversed(entries):
        _, reason = entry.changes.get("reason", (None, None))
        told = f"{entry.action.partition('.')[2].replace('_', ' ')}{f': {reason}' if reason else ''}"
        _, revision = entry.changes.get("revision", (None, None))
        correction = corrections.get(revision) if isinstance(revision, int) else None
        if correction is not None:
            _, fields = entry.changes.get("fields", (None, None))
            told = f"corrected {', '.join(fields or ())}: {reason}"
        what = Happening.OPERATOR if correction is None else Happening.CORRECTED
        yield LifeEvent(
            entry.at,
            what,
            f"{_sentence(told)}{'' if told.endswith('.') else '.'}",
            entry.by,
            None,
            None,
            correction,
        )
