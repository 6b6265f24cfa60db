"""Plans of acts on many exports: what would happen, to how many, and to which not. Nothing is changed."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from iomconnector.errors import ConnectorError
from iomconnector.model.export_acts import ExportAct
from iomconnector.model.export_filters import ExportFilter, ExportOrder, ExportSummary
from iomconnector.model.exports import ExportState
from iomconnector.ports.clock import Clock
from iomconnector.ports.export_queries import ExportQueries

SAMPLE = 5
_INSTANT = timedelta(microseconds=1)


class PlanError(ConnectorError):
    """What is to be run is not what was planned, or there is more of it now. Nothing was changed by that."""

    code = "export.plan.changed"


class ReasonMissingError(ConnectorError):
    """The operator has to say why."""

    code = "export.reason_missing"
    exit_code = 2


LEFT_OUT_BECAUSE = {
    ExportState.WAITING_FOR_APPROVAL: "it waits for an approval",
    ExportState.DUE: "it is due already",
    ExportState.SENDING: "a worker sends it at this moment; look again when its lease has ended",
    ExportState.EXPORTED: "it is exported",
    ExportState.PARKED: "it is parked",
    ExportState.REJECTED: "an approver rejected it",
    ExportState.GIVEN_UP: "it was given up",
}
"""Why an act leaves an export out, by the export's state."""


@dataclass(frozen=True, slots=True)
class ActPlan:
    """What an act would do to the exports that meet conditions.

    Arguments:
        act: The act.
        wanted: The conditions.
        reason: Why it is to be done.
        planned_at: The state of this time was looked at; what changes later is left alone.
        by_reason: How many exports would be changed, by their state and the code of their reason.
        left_out: How many meet the conditions and are left out, by their state.
        sample: The first of those that would be changed.
    """

    act: ExportAct
    wanted: ExportFilter
    reason: str
    planned_at: datetime
    by_reason: Mapping[tuple[ExportState, str | None], int]
    left_out: Mapping[ExportState, int]
    sample: Sequence[ExportSummary]

    @property
    def count(self) -> int:
        """How many exports would be changed."""
        return sum(self.by_reason.values())

    @property
    def token(self) -> str:
        """Stands for this plan where it is run: no other, and no more than it says."""
        return f"{self.count}.{self.planned_at.isoformat()}.{_digest(self.act, self.wanted, self.reason)}"


def selection(act: ExportAct, wanted: ExportFilter, planned_at: datetime) -> ExportFilter:
    """The conditions of the exports that an act changes: not those that were changed since it was planned."""
    states = tuple(state for state in act.states if not wanted.states or state in wanted.states)
    unchanged = planned_at + _INSTANT
    return replace(
        wanted,
        states=states,
        updated_to=unchanged if wanted.updated_to is None else min(unchanged, wanted.updated_to),
        due_after=max(planned_at, wanted.due_after or planned_at)
        if act is ExportAct.EXPEDITE
        else wanted.due_after,
    )


async def make_plan(
    queries: ExportQueries, clock: Clock, act: ExportAct, wanted: ExportFilter, reason: str
) -> ActPlan:
    """See what an act would do.

    Raises:
        ReasonMissingError: The act needs a reason.
    """
    require_reason(act, reason)
    planned_at = clock.now()
    chosen = selection(act, wanted, planned_at)
    possible = bool(chosen.states)
    by_reason = await queries.counts_by_reason(chosen) if possible else {}
    left_out: dict[ExportState, int] = {}
    for (state, _), count in (await queries.counts_by_reason(wanted)).items():
        left_out[state] = left_out.get(state, 0) + count
    for (state, _), count in by_reason.items():
        left_out[state] = left_out.get(state, 0) - count
    page = await queries.page(chosen, order=ExportOrder.OLDEST, limit=SAMPLE) if possible else None
    return ActPlan(
        act=act,
        wanted=wanted,
        reason=reason,
        planned_at=planned_at,
        by_reason=by_reason,
        left_out={state: count for state, count in left_out.items() if count > 0},
        sample=page.rows if page else [],
    )


def read_token(token: str, act: ExportAct, wanted: ExportFilter, reason: str) -> tuple[int, datetime]:
    """How many exports a plan changes at most, and the time whose state it looked at.

    Raises:
        PlanError: The token is none, or stands for another plan.
    """
    count, _, rest = token.partition(".")
    moment, _, digest = rest.rpartition(".")
    try:
        planned_at, most = datetime.fromisoformat(moment), int(count)
        if planned_at.tzinfo is None:
            raise ValueError(token)
    except ValueError:
        raise PlanError("This stands for no plan.", hint="Make the plan again.") from None
    if digest != _digest(act, wanted, reason):
        raise PlanError(
            "This is not what was planned: the act, the conditions or the reason are different.",
            hint="Make the plan again, look at it and run that one.",
        )
    return most, planned_at


def require_reason(act: ExportAct, reason: str) -> None:
    """Make sure that the operator says why, where that is needed.

    Raises:
        ReasonMissingError: The act needs a reason.
    """
    if act.needs_reason and not reason.strip():
        raise ReasonMissingError(f"To {act.value} needs a reason.", hint="Say why; it is kept for good.")


def _digest(act: ExportAct, wanted: ExportFilter, reason: str) -> str:
    text = json.dumps([act.value, wanted.digest(), reason])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
