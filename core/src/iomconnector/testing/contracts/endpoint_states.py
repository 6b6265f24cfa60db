"""The contract of :class:`~iomconnector.ports.endpoint_states.EndpointStates`."""

import asyncio
from abc import abstractmethod
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import timedelta

from iomconnector.model.endpoint_shares import Admission, Demand, Share, Standing
from iomconnector.model.endpoints import NOTHING, CircuitState, Endpoint, EndpointRule, Report
from iomconnector.ports.endpoint_states import EndpointStates
from iomconnector.testing.contracts.contract import Contract
from iomconnector.testing.memory.clock import ManualClock

LEASE = timedelta(seconds=30)
SECOND = timedelta(seconds=1)
RULE = EndpointRule(concurrency=6, open_after=3)
ENDPOINT = Endpoint("https://oms.example.com shop 10020", RULE)
OTHER_ENDPOINT = Endpoint("https://oms.example.com shop 10021", RULE)
DOWN = Report(failures=3, code="export.unavailable", reason="The server is down.")


@dataclass
class Worker:
    """A worker that keeps to what it is told.

    Arguments:
        states: Where it asks.
        name: Its name.
        clock: Tells the time.
        permits: What it was told last.
        under_way: The requests it has under way.
    """

    states: EndpointStates
    name: str
    clock: ManualClock
    permits: int = 0
    under_way: int = 0

    async def sync(self, wanted: int, report: Report = NOTHING, endpoint: Endpoint = ENDPOINT) -> Admission:
        """Report and ask."""
        admission = await self.states.sync(
            endpoint,
            self.name,
            report,
            Demand(wanted, self.under_way, self.permits),
            now=self.clock.now(),
            lease=LEASE,
        )
        self.permits = admission.permits
        return admission


class EndpointStatesContract(Contract):
    """Promises of the place where processes share what they know of endpoints."""

    @abstractmethod
    def endpoint_states(self) -> AbstractAsyncContextManager[EndpointStates]:
        """The adapter to test, knowing no endpoint at first."""

    async def test_an_unknown_endpoint_bears_what_its_rule_allows(self) -> None:
        async with self.endpoint_states() as states:
            assert list(await states.all()) == []
            one = Worker(states, "one", ManualClock())
            admission = await one.sync(wanted=100)
            assert (admission.permits, admission.valid_for) == (6, LEASE)
            assert admission.state.circuit is CircuitState.CLOSED
            assert (await Worker(states, "one", ManualClock()).sync(4, endpoint=OTHER_ENDPOINT)).permits == 4
            assert [standing.state.name for standing in await states.all()] == [
                ENDPOINT.name,
                OTHER_ENDPOINT.name,
            ]

    async def test_everything_known_is_kept(self) -> None:
        clock = ManualClock()
        async with self.endpoint_states() as states:
            one = Worker(states, "one", clock, under_way=2)
            await one.sync(2, Report(successes=3, overloaded=SECOND, throttled=1, retry_after=30 * SECOND))
            clock.advance(31 * SECOND)
            one.permits = one.under_way = 0
            await one.sync(2, Report(successes=2))
            told = await one.sync(2, replace(DOWN, reason="The server is down: ä €."))
            clock.advance(RULE.pause)
            probe = await one.sync(1)
        async with self.endpoint_states() as states:
            [standing] = await states.all()
        assert told.state.last_reason == "The server is down: ä €."
        assert told.state.last_failure_at == clock.now() - RULE.pause
        assert (told.state.limit, told.state.successes) == (3, 2)
        assert standing.state == probe.state
        assert standing.state.prober == "one"
        assert standing.shares == (Share("one", 1, 1, clock.now() + LEASE),)

    async def test_texts_of_others_do_no_harm(self) -> None:
        async with self.endpoint_states() as states:
            report = replace(DOWN, code="c" * 300, reason="It said: \0 \ud800 ä" + 100_000 * "!")
            await Worker(states, "one", ManualClock()).sync(1, report)
            [standing] = await states.all()
            assert (standing.state.last_reason or "").startswith("It said: ")
            assert standing.state.last_code == "c" * 100

    async def test_workers_share_the_limit(self) -> None:
        async with self.endpoint_states() as states:
            clock = ManualClock()
            one, other = Worker(states, "one", clock), Worker(states, "other", clock)
            assert (await one.sync(4)).permits == 4
            assert (await other.sync(4)).permits == 2
            await one.sync(4)
            await one.sync(4)
            await other.sync(4)
            assert (one.permits, other.permits) == (3, 3)

    async def test_what_a_worker_may_be_using_is_nobody_elses(self) -> None:
        async with self.endpoint_states() as states:
            clock = ManualClock()
            one, other = Worker(states, "one", clock), Worker(states, "other", clock)
            await one.sync(6)
            one.under_way = 6
            await other.sync(6)
            for _ in range(3):
                assert (await one.sync(6)).permits == 3
                assert (await other.sync(6)).permits == 0
            one.under_way = 3
            await one.sync(6)
            assert (await other.sync(6)).permits == 3

    async def test_the_permits_of_the_dead_come_back_when_their_lease_ends(self) -> None:
        async with self.endpoint_states() as states:
            clock = ManualClock()
            dead, other = Worker(states, "dead", clock), Worker(states, "other", clock)
            await dead.sync(6)
            clock.advance(LEASE - SECOND)
            assert (await other.sync(6)).permits == 0
            clock.advance(SECOND)
            assert (await other.sync(6)).permits == 6

    async def test_who_asks_again_too_late_has_lost_its_permits(self) -> None:
        async with self.endpoint_states() as states:
            clock = ManualClock()
            late, other = Worker(states, "late", clock), Worker(states, "other", clock)
            await late.sync(6)
            clock.advance(LEASE)
            assert (await other.sync(6)).permits == 6
            assert (await late.sync(6)).permits == 0
            assert [_held(standing) for standing in await states.all()] == [{"other": 6}]

    async def test_who_leaves_gives_all_back_at_once(self) -> None:
        async with self.endpoint_states() as states:
            clock = ManualClock()
            one, other = Worker(states, "one", clock), Worker(states, "other", clock)
            await one.sync(6)
            await Worker(states, "one", clock).sync(6, endpoint=OTHER_ENDPOINT)
            await states.leave("one")
            await states.leave("nobody")
            assert (await other.sync(6)).permits == 6
            assert [_held(standing) for standing in await states.all()] == [{"other": 6}, {}]

    async def test_who_wants_nothing_holds_nothing(self) -> None:
        async with self.endpoint_states() as states:
            one = Worker(states, "one", ManualClock())
            await one.sync(6)
            await one.sync(0)
            await one.sync(0)
            assert [_held(standing) for standing in await states.all()] == [{}]

    async def test_an_open_circuit_is_open_for_everybody_and_one_probes(self) -> None:
        async with self.endpoint_states() as states:
            clock = ManualClock()
            one, other = Worker(states, "one", clock), Worker(states, "other", clock)
            await one.sync(2, Report(failures=2))
            opened = await other.sync(2, Report(failures=1))
            assert opened.state.circuit is CircuitState.OPEN
            clock.advance(RULE.pause - SECOND)
            assert [(await each.sync(2)).permits for each in (one, other, one)] == [0, 0, 0]
            clock.advance(SECOND)
            assert [(await each.sync(2)).permits for each in (other, one, other, one)] == [1, 0, 1, 0]
            closed = await other.sync(2, Report(successes=1))
            assert (closed.state.circuit, closed.permits) == (CircuitState.CLOSED, 2)
            assert (await one.sync(2)).permits == 2

    async def test_a_dead_prober_does_not_block(self) -> None:
        async with self.endpoint_states() as states:
            clock = ManualClock()
            one, other = Worker(states, "one", clock), Worker(states, "other", clock)
            await one.sync(1, DOWN)
            clock.advance(RULE.pause)
            assert (await one.sync(1)).permits == 1
            clock.advance(LEASE - SECOND)
            assert (await other.sync(1)).permits == 0
            clock.advance(SECOND)
            assert (await other.sync(1)).permits == 1

    async def test_a_prober_keeps_its_probe_while_it_is_under_way_and_no_longer(self) -> None:
        async with self.endpoint_states() as states:
            clock = ManualClock()
            one, other = Worker(states, "one", clock), Worker(states, "other", clock)
            await one.sync(1, DOWN)
            clock.advance(RULE.pause)
            assert (await one.sync(1)).permits == 1
            one.under_way = 1
            for _ in range(3):
                clock.advance(LEASE - SECOND)
                assert [(await each.sync(1)).permits for each in (one, other)] == [1, 0]
            one.under_way = 0
            assert (await one.sync(1)).valid_for == LEASE
            clock.advance(LEASE - SECOND)
            assert (await one.sync(1)).valid_for == SECOND
            clock.advance(SECOND)
            assert [(await each.sync(1)).permits for each in (one, other, one)] == [0, 1, 0]

    async def test_a_prober_that_leaves_does_not_block(self) -> None:
        async with self.endpoint_states() as states:
            clock = ManualClock()
            one, other = Worker(states, "one", clock), Worker(states, "other", clock)
            await one.sync(1, DOWN)
            clock.advance(RULE.pause)
            assert (await one.sync(1)).permits == 1
            await states.leave("one")
            assert (await other.sync(1)).permits == 1

    async def test_a_reset_lets_requests_go_at_once(self) -> None:
        async with self.endpoint_states() as states:
            clock = ManualClock()
            one = Worker(states, "one", clock)
            assert not await states.reset(ENDPOINT.name, at=clock.now())
            closed = await one.sync(2, replace(DOWN, retry_after=timedelta(hours=1), throttled=1))
            assert closed.permits == 0
            assert await states.reset(ENDPOINT.name, at=clock.now())
            [standing] = await states.all()
            assert standing.state == closed.state.reset(clock.now())
            assert (await one.sync(2)).permits == 2

    async def test_many_at_once_never_hold_more_than_the_limit(self) -> None:
        clock = ManualClock()
        async with self.endpoint_states() as here, self.endpoint_states() as there:
            workers = [Worker((here, there)[number % 2], f"{number}", clock) for number in range(8)]
            seen: list[Standing] = []
            for wanted in (6, 1, 3, 0, 6, 6, 6):
                await asyncio.gather(*(worker.sync(wanted) for worker in workers))
                seen += await here.all()
                assert sum(worker.permits for worker in workers) <= RULE.concurrency
            assert max(sum(_held(standing).values()) for standing in seen) == RULE.concurrency

    async def test_reports_of_many_at_once_all_count(self) -> None:
        endpoint = Endpoint("busy", EndpointRule(concurrency=2, open_after=1000))
        clock = ManualClock()
        async with self.endpoint_states() as here, self.endpoint_states() as there:
            workers = [Worker((here, there)[number % 2], f"{number}", clock) for number in range(20)]
            await asyncio.gather(*(worker.sync(1, Report(failures=2), endpoint) for worker in workers))
            [standing] = await there.all()
            assert standing.state.failures == 40


def _held(standing: Standing) -> dict[str, int]:
    return {share.worker: share.permits for share in standing.shares if share.permits}
