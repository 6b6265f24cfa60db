"""What became of attempts, many at a time, with the attempts themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Update, bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from iomconnector.model.exports import ExportState
from iomconnector.observability.tracing import current_trace_id
from iomconnector.ports.export_ledger import Claim
from iomconnector.storage.tables import export_attempts, export_requests

SENDING = ExportState.SENDING.value


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended.

    Arguments:
        order_id: The key of its order.
        attempt: Which attempt.
        token: The token of its claim.
        worker: Who made it.
        claimed_at: When it began.
        at: When it ended.
        state: The state of the export from now on.
        code: Why it is not exported, as a code.
        reason: The same as a sentence.
        reference: Where the order stands; none leaves what is known.
        unclear: Whether the receiver may have the order; none leaves what is known.
        due_at: When to try again; none leaves it.
        counts: Whether it is a failure of the order's own.
        trace_id: The trace that it belongs to.
    """

    order_id: int
    attempt: int
    token: str
    worker: str
    claimed_at: datetime
    at: datetime
    state: ExportState
    code: str | None = None
    reason: str | None = None
    reference: str | None = None
    unclear: bool | None = None
    due_at: datetime | None = None
    counts: bool = False
    trace_id: str | None = None

    @classmethod
    def of(cls, claim: Claim, state: ExportState, at: datetime, **details: Any) -> "Outcome":
        """The outcome of a claim."""
        return cls(
            order_id=claim.request.order_id,
            attempt=claim.request.attempts,
            token=claim.token,
            worker=claim.worker,
            claimed_at=claim.claimed_at,
            at=at,
            state=state,
            trace_id=current_trace_id(),
            **details,
        )


async def record_outcomes(connection: AsyncConnection, outcomes: Sequence[Outcome]) -> Sequence[bool]:
    """Write outcomes into the ledger; false for each whose claim is not the latest any more."""
    held = await _held(connection, [outcome.order_id for outcome in outcomes])
    kept: list[Outcome] = []
    answers: list[bool] = []
    for outcome in outcomes:
        is_latest = held.get(outcome.order_id) == outcome.token
        answers.append(is_latest)
        if is_latest:
            del held[outcome.order_id]
            kept.append(outcome)
    if kept:
        await connection.execute(_RELEASE, [_released(outcome) for outcome in kept])
        await connection.execute(insert(export_attempts), [_attempt(outcome) for outcome in kept])
    return answers


async def _held(connection: AsyncConnection, keys: Sequence[int]) -> dict[int, str]:
    """The tokens of the latest claims, which nobody changes until the transaction ends."""
    query = (
        select(export_requests.c.order_id, export_requests.c.lease_token)
        .where(export_requests.c.order_id.in_(sorted(set(keys))), export_requests.c.state == SENDING)
        .order_by(export_requests.c.order_id)
        .with_for_update()
    )
    return {row.order_id: row.lease_token for row in await connection.execute(query)}


def _kept_unless_given(name: str) -> Any:
    column = export_requests.c[name]
    kind: TypeEngine[Any] = column.type
    return func.coalesce(bindparam(f"new_{name}", type_=kind), column, type_=kind)


def _release() -> Update:
    columns = export_requests.c
    return (
        update(export_requests)
        .where(columns.order_id == bindparam("key"))
        .values(
            state=bindparam("new_state"),
            failures=columns.failures + bindparam("failed"),
            abandoned=0,
            unclear=_kept_unless_given("unclear"),
            due_at=_kept_unless_given("due_at"),
            reference=_kept_unless_given("reference"),
            exported_at=_kept_unless_given("exported_at"),
            reason_code=bindparam("new_code"),
            reason=bindparam("new_reason"),
            updated_at=bindparam("at"),
            lease_until=None,
            lease_token=None,
            held_by=None,
        )
    )


_RELEASE = _release()


def _released(outcome: Outcome) -> dict[str, Any]:
    return {
        "key": outcome.order_id,
        "new_state": outcome.state.value,
        "failed": int(outcome.counts),
        "new_unclear": outcome.unclear,
        "new_due_at": outcome.due_at,
        "new_reference": outcome.reference,
        "new_exported_at": outcome.at if outcome.state is ExportState.EXPORTED else None,
        "new_code": outcome.code,
        "new_reason": outcome.reason,
        "at": outcome.at,
    }


def _attempt(outcome: Outcome) -> dict[str, Any]:
    return {
        "order_id": outcome.order_id,
        "attempt": outcome.attempt,
        "worker": outcome.worker,
        "claimed_at": outcome.claimed_at,
        "ended_at": outcome.at,
        "outcome": outcome.state.value,
        "code": outcome.code,
        "reason": outcome.reason,
        "trace_id": outcome.trace_id,
    }
