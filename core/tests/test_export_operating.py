"""Operators at work: plans that bind, runs in chunks, refusals that say why."""

from datetime import timedelta

import pytest

from iomconnector.model.export_acts import ExportAct
from iomconnector.model.export_filters import ANY, ExportFilter
from iomconnector.model.exports import ExportState
from iomconnector.testing.contracts import ExportOffice
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import ManualClock
from iomconnector.testing.samples import CHANNEL
from iomconnector.usecases import operate_exports
from iomconnector.usecases.export_act_plans import PlanError, ReasonMissingError
from iomconnector.usecases.operate_exports import ActRefusedError, OperateExports

MINUTE = timedelta(minutes=1)
PARKED = ExportFilter(states=(ExportState.PARKED,))
SCHEMA = ExportFilter(reason_codes=("schema",))


class _Stage:
    def __init__(self) -> None:
        self.clock = ManualClock()
        self.shop = ExportOffice.in_memory(self.clock)
        self.exports = OperateExports(self.shop.queries, self.shop.desk, self.clock)

    async def parked(self, *numbers: str, code: str = "schema") -> None:
        await self.shop.place(*numbers)
        claims = await self.shop.claimed()
        for number in numbers:
            await self.shop.park(claims[number], code=code)
        self.clock.advance(MINUTE)

    async def run(self, act: ExportAct, wanted: ExportFilter, token: str, **more: object) -> tuple[int, int]:
        run = await self.exports.run(act, wanted, token=token, by="olga", **more)  # type: ignore[arg-type]
        return run.planned, run.changed


@in_event_loop
async def test_a_plan_says_how_many_for_which_reason_and_what_is_left_out() -> None:
    stage = _Stage()
    await stage.parked("1", "2", code="schema")
    await stage.parked("3", code="other")
    await stage.shop.place("4", "5")
    await stage.shop.export((await stage.shop.claimed())["4"])
    plan = await stage.exports.plan(ExportAct.RETRY, ANY)
    assert plan.by_reason == {(ExportState.PARKED, "schema"): 2, (ExportState.PARKED, "other"): 1}
    assert plan.count == 3
    assert plan.left_out == {ExportState.EXPORTED: 1, ExportState.SENDING: 1}
    assert [each.request.number for each in plan.sample] == ["1", "2", "3"]
    assert await stage.shop.recorded("1") == [], "a plan changes nothing"


@in_event_loop
async def test_a_run_does_what_was_planned_chunk_by_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operate_exports, "CHUNK", 2)
    stage = _Stage()
    await stage.parked("1", "2", "3", "4", "5")
    woken: list[None] = []
    stage.exports.when_due(lambda: woken.append(None))
    plan = await stage.exports.plan(ExportAct.RETRY, SCHEMA)
    progress: list[int] = []
    stage.clock.advance(MINUTE)
    done = await stage.run(ExportAct.RETRY, SCHEMA, plan.token, progress=progress.append)
    assert done == (5, 5)
    assert progress == [2, 2, 1]
    assert len(woken) == 3
    assert await stage.shop.claimed_numbers() == ["1", "2", "3", "4", "5"]
    assert await stage.run(ExportAct.RETRY, SCHEMA, plan.token) == (5, 0), "again it changes nothing"


@in_event_loop
async def test_a_run_that_is_stopped_goes_on_with_a_new_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operate_exports, "CHUNK", 2)
    stage = _Stage()
    await stage.parked("1", "2", "3")
    plan = await stage.exports.plan(ExportAct.RETRY, PARKED)
    stops = iter([False, True])
    run = await stage.exports.run(
        ExportAct.RETRY, PARKED, token=plan.token, by="olga", stop=lambda: next(stops)
    )
    assert (run.changed, run.stopped, run.left_alone) == (2, True, 1)
    rest = await stage.exports.plan(ExportAct.RETRY, PARKED)
    assert [each.request.number for each in rest.sample] == ["3"]
    assert await stage.run(ExportAct.RETRY, PARKED, rest.token) == (1, 1)


@in_event_loop
async def test_what_came_after_the_plan_is_left_alone() -> None:
    stage = _Stage()
    await stage.parked("1", "2")
    plan = await stage.exports.plan(ExportAct.GIVE_UP, PARKED, reason="cancelled")
    stage.clock.advance(MINUTE)
    await stage.parked("3")
    await stage.shop.act(ExportAct.RETRY, "1")
    await stage.shop.park((await stage.shop.claimed())["1"])
    done = await stage.run(ExportAct.GIVE_UP, PARKED, plan.token, reason="cancelled")
    assert done == (2, 1)
    states = {number: await stage.shop.state(number) for number in ("1", "2", "3")}
    assert states == {"1": ExportState.PARKED, "2": ExportState.GIVEN_UP, "3": ExportState.PARKED}


@in_event_loop
async def test_a_run_that_would_touch_more_than_planned_is_refused() -> None:
    stage = _Stage()
    await stage.parked("1", "2")
    plan = await stage.exports.plan(ExportAct.RETRY, PARKED)
    one_less = plan.token.replace("2.", "1.", 1)
    with pytest.raises(PlanError, match="More than the 1 exports"):
        await stage.run(ExportAct.RETRY, PARKED, one_less)
    assert await stage.shop.state("1") is ExportState.PARKED


@pytest.mark.parametrize("token", ["", "x", "1.x.y", "2.2026-11-02T12:00:00.z"])
@in_event_loop
async def test_a_token_of_no_plan_is_refused(token: str) -> None:
    with pytest.raises(PlanError, match="no plan"):
        await _Stage().run(ExportAct.RETRY, PARKED, token)


@in_event_loop
async def test_a_token_stands_for_one_act_conditions_and_reason() -> None:
    stage = _Stage()
    await stage.parked("1")
    plan = await stage.exports.plan(ExportAct.GIVE_UP, PARKED, reason="cancelled")
    for act, wanted, reason in (
        (ExportAct.RETRY, PARKED, "cancelled"),
        (ExportAct.GIVE_UP, ANY, "cancelled"),
        (ExportAct.GIVE_UP, PARKED, "another reason"),
    ):
        with pytest.raises(PlanError, match="not what was planned"):
            await stage.run(act, wanted, plan.token, reason=reason)
    assert await stage.shop.state("1") is ExportState.PARKED


@in_event_loop
async def test_to_give_up_needs_a_reason() -> None:
    stage = _Stage()
    await stage.parked("1")
    with pytest.raises(ReasonMissingError):
        await stage.exports.one(ExportAct.GIVE_UP, CHANNEL, "1", by="olga", reason=" ")
    with pytest.raises(ReasonMissingError):
        await stage.exports.plan(ExportAct.GIVE_UP, PARKED)
    assert await stage.shop.state("1") is ExportState.PARKED


@in_event_loop
async def test_only_what_waits_for_another_attempt_is_expedited() -> None:
    stage = _Stage()
    await stage.shop.place("1", "2")
    await stage.shop.postpone((await stage.shop.claimed())["1"], 60 * MINUTE)
    await stage.shop.place("3")
    plan = await stage.exports.plan(ExportAct.EXPEDITE, ANY)
    assert (plan.count, plan.left_out) == (1, {ExportState.DUE: 1, ExportState.SENDING: 1})
    assert await stage.run(ExportAct.EXPEDITE, ANY, plan.token) == (1, 1)
    with pytest.raises(ActRefusedError, match="due already"):
        await stage.exports.one(ExportAct.EXPEDITE, CHANNEL, "1", by="olga")
    assert set(await stage.shop.claimed_numbers()) == {"1", "3"}


@in_event_loop
async def test_a_refusal_names_the_worker_and_its_lease() -> None:
    stage = _Stage()
    await stage.shop.place("1")
    claim = (await stage.shop.claimed())["1"]
    with pytest.raises(ActRefusedError, match=f"worker {claim.worker}, whose lease runs until 2026"):
        await stage.exports.one(ExportAct.GIVE_UP, CHANNEL, "1", by="olga", reason="cancelled")
    await stage.shop.export(claim)
    with pytest.raises(ActRefusedError, match=r"is exported; to retry is possible where it is parked"):
        await stage.exports.one(ExportAct.RETRY, CHANNEL, "1", by="olga")
    replayed = await stage.exports.one(ExportAct.REPLAY, CHANNEL, "1", by="olga")
    assert replayed.request.state is ExportState.DUE
