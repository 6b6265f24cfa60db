"""What stands in the cache is used for the order and the customer that it was kept for, and not for long."""

from datetime import timedelta

from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.history_stage import RULES, HistoryStage
from iomconnector.testing.memory import MemoryCache
from iomconnector.testing.samples import NOON
from iomconnector.usecases.cached_states import CachedStates, Finding
from iomconnector.usecases.history_source import HistorySource


async def _source() -> tuple[HistorySource, Finding]:
    """Who was asked, and what was found out about order 1 of customer 1001."""
    stage = HistoryStage()
    await stage.place("1")
    [state] = await stage.service.states(["1"])
    return HistorySource(stage.service, "service"), Finding(state, 7, NOON)


async def _found(cache: MemoryCache, source: HistorySource, customer: str, number: str) -> list[str]:
    findings = await CachedStates(cache).findings(
        source, customer, {"1": 7, "2": 7}, [number], now=NOON, keep=RULES.keep_states
    )
    return [*findings]


@in_event_loop
async def test_a_state_of_somebody_else_is_not_used_whatever_it_stands_under() -> None:
    source, finding = await _source()
    cache = MemoryCache()
    await CachedStates(cache).keep(source, "1001", {"1": finding})
    assert await _found(cache, source, "1001", "1") == ["1"]
    await CachedStates(cache).keep(source, "1002", {"1": finding})
    assert await _found(cache, source, "1002", "1") == []


@in_event_loop
async def test_an_entry_of_another_order_is_not_used_though_it_says_that_there_is_none() -> None:
    source, _ = await _source()
    cache = MemoryCache()
    await CachedStates(cache).keep(source, "1001", {"1": Finding(None, 7, NOON)})
    [entry] = (await cache.get_many([source.key("1001", "1")])).values()
    await cache.set_many({source.key("1001", "2"): entry}, keep=RULES.keep_states)
    assert await _found(cache, source, "1001", "1") == ["1"]
    assert await _found(cache, source, "1001", "2") == []


@in_event_loop
async def test_each_customer_and_order_has_a_key() -> None:
    source, _ = await _source()
    asked = [("1001", "1"), ("1002", "1"), ("1001", "2"), ("100", "11"), ("10011", "")]
    assert len({source.key(customer, number) for customer, number in asked}) == len(asked)


def test_what_was_observed_in_the_future_is_not_used_after_a_clock_was_set_back() -> None:
    finding = Finding(None, 0, NOON)
    assert finding.is_fresh(NOON, RULES.keep_states)
    assert not finding.is_fresh(NOON - timedelta(seconds=1), RULES.keep_states)
