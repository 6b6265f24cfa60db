"""What operators do with exports, one by one and many at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from iomconnector.errors import ConnectorError
from iomconnector.model.export_acts import ActOrder, ExportAct
from iomconnector.model.export_filters import ExportFilter, ExportOrder, ExportSummary
from iomconnector.model.exports import ExportRequest, ExportState
from iomconnector.ports.clock import Clock
from iomconnector.ports.export_desk import ExportDesk
from iomconnector.ports.export_queries import ExportQueries
from iomconnector.usecases.export_act_plans import (
    ActPlan,
    PlanError,
    make_plan,
    read_token,
    require_reason,
    selection,
)

CHUNK = 200
"""So many exports are changed in one transaction."""


class ActRefusedError(ConnectorError):
    """This cannot be done with the export as it stands; nothing was changed."""

    code = "export.act_refused"


@dataclass(frozen=True, slots=True)
class ActRun:
    """What became of a plan.

    Arguments:
        planned: How many exports it was to change.
        changed: How many were changed.
        stopped: It was stopped before its end; running a new plan goes on where it ended.
    """

    planned: int
    changed: int
    stopped: bool = False

    @property
    def left_alone(self) -> int:
        """How many were not changed: something else had happened to them meanwhile, or it was stopped."""
        return self.planned - self.changed


class OperateExports:
    """Retries, expedites, gives up and replays exports for operators. What a worker sends at that moment is
    left alone; each change is in the audit trail with who did it and why.

    Arguments:
        queries: Finds exports.
        desk: Changes them.
        clock: Tells the time.
    """

    def __init__(self, queries: ExportQueries, desk: ExportDesk, clock: Clock) -> None:
        self._queries = queries
        self._desk = desk
        self._clock = clock
        self._when_due: list[Callable[[], None]] = []
        self._when_changed: list[Callable[[], None]] = []

    def when_due(self, call: Callable[[], None]) -> None:
        """Have something called whenever exports became due."""
        self._when_due.append(call)

    def when_changed(self, call: Callable[[], None]) -> None:
        """Have something called whenever something was done with exports, whatever it was."""
        self._when_changed.append(call)

    async def one(
        self, act: ExportAct, channel: str, number: str, *, by: str, reason: str = ""
    ) -> ExportSummary:
        """Do something with one export.

        Arguments:
            act: What.
            channel: The channel of the order.
            number: Its number.
            by: Who.
            reason: Why.

        Returns:
            The export as it stands now.

        Raises:
            NotFoundError: There is no such order.
            ReasonMissingError: The act needs a reason.
            ActRefusedError: It cannot be done with the export as it stands; the error says why.
        """
        require_reason(act, reason)
        before = await self._queries.summary(channel, number)
        todo = ActOrder(act, by, self._clock.now(), reason)
        if not await self._desk.act([before.request.order_id], todo):
            now = await self._queries.summary(channel, number)
            raise ActRefusedError(_refusal(act, now.request), order=number, channel=channel)
        self._announce(act)
        return await self._queries.summary(channel, number)

    async def plan(self, act: ExportAct, wanted: ExportFilter, *, reason: str = "") -> ActPlan:
        """What :meth:`run` would do to the exports that meet conditions; nothing is changed.

        Raises:
            ReasonMissingError: The act needs a reason.
        """
        return await make_plan(self._queries, self._clock, act, wanted, reason)

    async def run(
        self,
        act: ExportAct,
        wanted: ExportFilter,
        *,
        token: str,
        by: str,
        reason: str = "",
        progress: Callable[[int], None] = lambda _: None,
        stop: Callable[[], bool] = lambda: False,
    ) -> ActRun:
        """Do what was planned, 200 exports in a transaction.

        Only those are changed that meet the conditions still and were not changed since the plan was made. It
        may be interrupted at any time, and be run again: what was done is not done twice.

        Arguments:
            act: As in the plan.
            wanted: As in the plan.
            token: That of the plan.
            by: Who.
            reason: As in the plan.
            progress: Is told after each transaction how many more exports were looked at.
            stop: Is asked before each transaction whether to stop.

        Raises:
            PlanError: The token stands for another plan, or more exports than planned would be changed.
            StorageError: The database failed; what was committed before stays.
        """
        most, planned_at = read_token(token, act, wanted, reason)
        require_reason(act, reason)
        chosen = selection(act, wanted, planned_at)
        if not chosen.states:
            return ActRun(most, 0)
        await self._refuse_more(chosen, most)
        changed, after = 0, None
        while not stop():
            page = await self._queries.page(chosen, order=ExportOrder.OLDEST, after=after, limit=CHUNK)
            done = await self._chunk(page.rows, act, chosen, by, reason, most - changed)
            changed += len(done)
            progress(len(page.rows))
            after = page.next
            if after is None:
                return ActRun(most, changed)
        return ActRun(most, changed, stopped=True)

    async def _chunk(
        self,
        rows: Sequence[ExportSummary],
        act: ExportAct,
        chosen: ExportFilter,
        by: str,
        reason: str,
        most: int,
    ) -> Sequence[ExportSummary]:
        keys = [each.request.order_id for each in rows[:most]]
        done = await self._desk.act(keys, ActOrder(act, by, self._clock.now(), reason, chosen))
        if done:
            self._announce(act)
        return done

    async def _refuse_more(self, chosen: ExportFilter, most: int) -> None:
        found = await self._queries.count(chosen, limit=most + 1)
        if found > most:
            raise PlanError(
                f"More than the {most} exports that were planned would be changed. Nothing was changed.",
                hint="Make the plan again, look at it and run that one.",
            )

    def _announce(self, act: ExportAct) -> None:
        made_due = act is not ExportAct.GIVE_UP
        for call in (*self._when_changed, *(self._when_due if made_due else ())):
            call()


def _refusal(act: ExportAct, request: ExportRequest) -> str:
    order = f"Order {request.number}"
    if request.state is ExportState.SENDING:
        holder = f"worker {request.held_by}" if request.held_by else "a worker"
        until = f" until {request.lease_until:%F %T} UTC" if request.lease_until else ""
        return (
            f"{order} is being sent by {holder}, whose lease runs{until}, and is left alone until then. "
            "Try again after that."
        )
    if act is ExportAct.EXPEDITE and request.state is ExportState.DUE:
        return f"{order} is due already: the next free worker sends it."
    possible = " or ".join(state.value for state in act.states)
    article = "is" if request.state is not ExportState.GIVEN_UP else "was"
    return f"{order} {article} {request.state.value}; to {act.value} is possible where it is {possible}."
