"""What every desk for operators of exports promises."""

from abc import abstractmethod
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import timedelta

import pytest

from iomconnector.errors import StorageError
from iomconnector.model.audit import AuditEntry
from iomconnector.model.export_acts import ActOrder, Correction, ExportAct
from iomconnector.model.export_filters import ExportFilter
from iomconnector.model.exports import ExportPause, ExportState
from iomconnector.model.order_documents import dump_order
from iomconnector.ports.clock import Clock
from iomconnector.ports.order_repository import PlacementOutcome
from iomconnector.testing.contracts.contract import Contract
from iomconnector.testing.contracts.export_office import OPERATOR, ExportOffice
from iomconnector.testing.memory.clock import ManualClock
from iomconnector.testing.samples import (
    CHANNEL,
    OTHER_CHANNEL,
    approval,
    approval_step,
    sample_order,
)

MINUTE = timedelta(minutes=1)


class _WithOffice(Contract):
    @abstractmethod
    def office(self, clock: Clock) -> AbstractAsyncContextManager[ExportOffice]:
        """Open everything with the contexts of :data:`iomconnector.testing.samples.CONTEXTS`."""


class ExportActContract(_WithOffice):
    """What operators do with exports: :meth:`~iomconnector.ports.export_desk.ExportDesk.act`."""

    async def test_each_act_is_possible_in_its_states_alone(self) -> None:
        clock = ManualClock()
        async with self.office(clock) as shop:
            await _one_in_each_state(shop)
            numbers = [state.value for state in ExportState]
            for act in (ExportAct.EXPEDITE, ExportAct.GIVE_UP):
                done = await shop.act(act, *numbers, reason="because")
                assert set(done) == {state.value for state in act.states}, act
                assert await shop.act(act, *numbers, reason="because") == [], "again it changes nothing"
            assert await shop.act(ExportAct.RETRY, "sending", "exported", "rejected") == []
            assert await shop.act(ExportAct.RETRY, "parked", "due") == ["due", "parked"]
            assert await shop.act(ExportAct.REPLAY, *numbers) == ["exported"]

    async def test_what_is_retried_is_due_and_the_receiver_is_asked_first(self) -> None:
        clock = ManualClock()
        async with self.office(clock) as shop:
            await shop.place("1")
            await shop.postpone((await shop.claimed())["1"], MINUTE)
            clock.advance(MINUTE)
            await shop.park((await shop.claimed())["1"])
            clock.advance(MINUTE)
            assert await shop.act(ExportAct.RETRY, "1") == ["1"]
            request = (await shop.stored("1")).request
            assert (request.state, request.due_at, request.unclear) == (ExportState.DUE, clock.now(), True)
            assert (request.failures, request.reason_code, request.reason) == (0, None, None)
            assert (await shop.claimed())["1"].unclear

    async def test_what_is_given_up_is_not_exported_and_says_why(self) -> None:
        async with self.office(ManualClock()) as shop:
            await shop.place("1", "2")
            assert await shop.act(ExportAct.GIVE_UP, "1", reason="The customer cancelled.") == ["1"]
            assert await shop.claimed_numbers() == ["2"]
            request = (await shop.stored("1")).request
            assert (request.state, request.reason) == (ExportState.GIVEN_UP, "The customer cancelled.")

    async def test_what_was_given_up_unapproved_waits_for_its_approval_again(self) -> None:
        async with self.office(ManualClock()) as shop:
            order = sample_order("1", approval_steps=[approval_step("anna")])
            await shop.orders.place([(order, ExportState.WAITING_FOR_APPROVAL)])
            [key] = await shop.keys("1")
            await shop.act(ExportAct.GIVE_UP, "1", reason="Stock is gone.")
            assert not await shop.orders.decide(key, approval(), ExportState.DUE)
            await shop.act(ExportAct.RETRY, "1")
            assert await shop.state("1") is ExportState.WAITING_FOR_APPROVAL
            assert await shop.orders.decide(key, approval(), ExportState.DUE)

    async def test_who_sends_an_order_is_not_disturbed(self) -> None:
        async with self.office(ManualClock()) as shop:
            await shop.place("1", "2")
            claims = await shop.claimed()
            for act in ExportAct:
                assert await shop.act(act, "1", reason="because") == []
            assert await shop.export(claims["1"])
            assert await shop.state("1") is ExportState.EXPORTED

    async def test_a_claim_from_before_an_act_changes_nothing_any_more(self) -> None:
        async with self.office(ManualClock()) as shop:
            await shop.place("1")
            stale = (await shop.claimed())["1"]
            await shop.park(stale)
            await shop.act(ExportAct.GIVE_UP, "1", reason="because")
            assert not await shop.export(stale)
            assert not await shop.park(stale)
            assert await shop.state("1") is ExportState.GIVEN_UP

    async def test_only_what_still_meets_the_conditions_is_changed(self) -> None:
        clock = ManualClock()
        async with self.office(clock) as shop:
            await shop.place("1", "2", "3")
            claims = await shop.claimed()
            await shop.park(claims["1"], code="schema")
            await shop.park(claims["2"], code="other")
            planned = clock.now()
            clock.advance(MINUTE)
            await shop.park(claims["3"], code="schema")
            todo = ActOrder(
                ExportAct.RETRY,
                OPERATOR,
                clock.now(),
                only=ExportFilter(reason_codes=("schema",)),
                unchanged_since=planned,
            )
            keys = await shop.keys("1", "2", "3")
            done = await shop.desk.act(keys, todo)
            assert [each.request.number for each in done] == ["1"]
            assert done[0].request.state is ExportState.PARKED, "as it stood before"
            assert await shop.desk.act([], todo) == []
            assert await shop.desk.act([4711], todo) == []

    async def test_the_audit_trail_says_who_and_why(self) -> None:
        clock = ManualClock()
        async with self.office(clock) as shop:
            await shop.place("1", "2")
            await shop.postpone((await shop.claimed())["1"], MINUTE)
            await shop.act(ExportAct.EXPEDITE, "1")
            await shop.act(ExportAct.GIVE_UP, "1", "2", reason="The customer cancelled.")
            given_up, expedited = await shop.recorded("1")
            assert (given_up.action, given_up.by, given_up.at) == ("order.given_up", OPERATOR, clock.now())
            assert (given_up.subject, given_up.context) == ("1", CHANNEL)
            assert given_up.changes["reason"] == (None, "The customer cancelled.")
            assert given_up.changes["state"] == ("due", "given up")
            assert expedited.action == "order.expedited"
            assert await shop.recorded("2") == [], "it was being sent, and nothing was done"


class ExportCorrectionContract(_WithOffice):
    """Corrections of orders: :meth:`~iomconnector.ports.export_desk.ExportDesk.correct`."""

    async def test_a_corrected_order_is_due_with_its_new_content(self) -> None:
        clock = ManualClock()
        async with self.office(clock) as shop:
            await shop.place("1")
            await shop.park((await shop.claimed())["1"])
            before = await shop.stored("1")
            correction = await _correction(shop, "1", project="Solar")
            assert await shop.desk.correct(correction)
            [claim] = await shop.claim()
            assert claim.placed.order == correction.order
            assert (claim.placed.revision, claim.request.revision, claim.unclear) == (1, 1, True)
            assert claim.request.reason is None
            [kept] = await shop.queries.corrections(claim.request.order_id)
            assert (kept.revision, kept.corrected_by, kept.reason) == (1, OPERATOR, "wrong project")
            assert kept.corrected_at == clock.now()
            assert kept.content_before == dump_order(before.placed.order)

    async def test_the_audit_trail_names_fields_and_no_content(self) -> None:
        async with self.office(ManualClock()) as shop:
            await shop.place("1")
            await shop.desk.correct(await _correction(shop, "1", project="Solar"))
            [entry] = await shop.recorded("1")
            assert (entry.action, entry.by, entry.context) == ("order.corrected", OPERATOR, CHANNEL)
            assert entry.changes["fields"] == (None, ["project"])
            assert entry.changes["reason"] == (None, "wrong project")
            assert "Solar" not in str(entry)

    async def test_of_two_operators_at_once_the_second_is_refused(self) -> None:
        async with self.office(ManualClock()) as shop:
            await shop.place("1")
            first = await _correction(shop, "1", project="Solar")
            second = await _correction(shop, "1", project="Wind")
            assert await shop.desk.correct(first)
            assert not await shop.desk.correct(second)
            assert (await shop.stored("1")).placed.order.project == "Solar"
            assert len(await shop.recorded("1")) == 1
            assert await shop.desk.correct(await _correction(shop, "1", project="Wind"))
            kept = await shop.queries.corrections(first.order_id)
            assert [each.revision for each in kept] == [1, 2]

    async def test_what_is_sent_or_settled_otherwise_is_not_corrected(self) -> None:
        clock = ManualClock()
        async with self.office(clock) as shop:
            await _one_in_each_state(shop)
            for state in ExportState:
                corrected = await shop.desk.correct(await _correction(shop, state.value, project="Solar"))
                assert corrected is (state in (ExportState.DUE, ExportState.PARKED, ExportState.GIVEN_UP)), (
                    state
                )
            absent = replace(await _correction(shop, "due", project="Solar"), order_id=4711)
            assert not await shop.desk.correct(absent)

    async def test_a_correction_takes_no_approval_away(self) -> None:
        async with self.office(ManualClock()) as shop:
            order = sample_order("1", approval_steps=[approval_step("anna")])
            await shop.orders.place([(order, ExportState.WAITING_FOR_APPROVAL)])
            await shop.act(ExportAct.GIVE_UP, "1", reason="because")
            assert await shop.desk.correct(await _correction(shop, "1", project="Solar"))
            assert await shop.state("1") is ExportState.WAITING_FOR_APPROVAL

    async def test_placing_the_order_again_as_it_was_places_nothing(self) -> None:
        async with self.office(ManualClock()) as shop:
            order = sample_order("1")
            await shop.place("1")
            await shop.desk.correct(await _correction(shop, "1", project="Solar"))
            other = order.model_copy(update={"project": "Wind"})
            outcomes = [
                (await shop.orders.place([(each, ExportState.DUE)]))[0]
                for each in (order, (await shop.stored("1")).placed.order, other)
            ]
            again = PlacementOutcome.ALREADY_PLACED
            assert outcomes == [again, again, PlacementOutcome.CONFLICT]

    async def test_the_customer_of_the_corrected_order_finds_it(self) -> None:
        async with self.office(ManualClock()) as shop:
            await shop.place("1")
            customer = {"type": "private", "number": "2002"}
            await shop.desk.correct(await _correction(shop, "1", customer=customer))
            page = await shop.queries.page(ExportFilter(customer="2002"))
            assert [each.request.number for each in page.rows] == ["1"]


class ExportPauseContract(_WithOffice):
    """Pauses of channels: :class:`~iomconnector.ports.export_pauses.ExportPauses`."""

    async def test_a_pause_stays_until_it_is_ended(self) -> None:
        clock = ManualClock()
        async with self.office(clock) as shop:
            assert await shop.pauses.all() == {}
            pause = ExportPause(CHANNEL, OPERATOR, clock.now(), "stocktaking")
            assert await shop.pauses.pause(pause, _entry(clock, "export.paused"))
            other = replace(pause, paused_by="otto", reason="another")
            assert not await shop.pauses.pause(other, _entry(clock, "export.paused"))
            assert await shop.pauses.all() == {CHANNEL: pause}
            backlog = {each.channel: each.pause for each in await shop.queries.backlog(now=clock.now())}
            assert backlog == {CHANNEL: pause, OTHER_CHANNEL: None}
            assert await shop.pauses.resume(CHANNEL, _entry(clock, "export.resumed")) == pause
            assert await shop.pauses.resume(CHANNEL, _entry(clock, "export.resumed")) is None
            assert await shop.pauses.all() == {}
            recorded = [entry.action for entry in await shop.recorded(CHANNEL)]
            assert recorded == ["export.resumed", "export.paused"]

    async def test_a_channel_that_there_is_not_cannot_be_paused(self) -> None:
        clock = ManualClock()
        async with self.office(clock) as shop:
            with pytest.raises(StorageError, match="nowhere"):
                await shop.pauses.pause(
                    ExportPause("nowhere", OPERATOR, clock.now(), "x"), _entry(clock, "export.paused")
                )
            assert await shop.pauses.all() == {}
            assert await shop.audit_trail.entries() == []


class ExportDeskContract(ExportActContract, ExportCorrectionContract, ExportPauseContract):
    """The promises of :class:`~iomconnector.ports.export_desk.ExportDesk` and of
    :class:`~iomconnector.ports.export_pauses.ExportPauses`."""


def _entry(clock: ManualClock, action: str) -> AuditEntry:
    return AuditEntry(clock.now(), OPERATOR, action, CHANNEL, CHANNEL)


async def _correction(shop: ExportOffice, number: str, **fields: object) -> Correction:
    stored = await shop.stored(number)
    document = {**stored.placed.order.model_dump(mode="json"), **fields}
    return Correction(
        order_id=stored.request.order_id,
        order=type(stored.placed.order).model_validate(document),
        revision=stored.request.revision,
        fields=tuple(fields),
        by=OPERATOR,
        at=shop.clock.now(),
        reason="wrong project",
    )


async def _one_in_each_state(shop: ExportOffice) -> None:
    """An order in each state, named after it; the one that is due waits for another attempt."""
    await shop.place("due", "exported", "parked", "sending")
    claims = await shop.claimed()
    await shop.postpone(claims["due"], 60 * MINUTE)
    await shop.export(claims["exported"])
    await shop.park(claims["parked"])
    for state in (ExportState.WAITING_FOR_APPROVAL, ExportState.REJECTED, ExportState.GIVEN_UP):
        await shop.place(state.value, state=state)
