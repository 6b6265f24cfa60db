"""When a circuit opens, how long it stays open, how the limit adapts, and what a wrong clock does."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iomconnector.model.endpoints import (
    LONGEST_WAIT,
    NOTHING,
    CircuitState,
    Endpoint,
    EndpointRule,
    EndpointState,
    Outcome,
    Report,
)
from iomconnector.testing.samples import NOON
from iomconnector.usecases.endpoint_tally import EndpointTally

SECOND = timedelta(seconds=1)
RULE = EndpointRule()
FRESH = EndpointState.unknown(Endpoint("oms", RULE), NOON)
DOWN = Report(failures=5, code="export.unavailable", reason="Connection refused.")
TOO_MUCH = Report(overloaded=timedelta(0))


def after(state: EndpointState, report: Report, seconds: float = 0, worker: str = "one") -> EndpointState:
    """The state after a report, so many seconds after noon."""
    return state.after(report, RULE, NOON + timedelta(seconds=seconds), worker=worker)


def half_open(state: EndpointState) -> EndpointState:
    """The state while a worker probes."""
    return replace(state, circuit=CircuitState.HALF_OPEN, prober="one", probe_until=NOON + 600 * SECOND)


def test_failures_one_after_the_other_open_the_circuit() -> None:
    state = after(FRESH, Report(successes=1, failures=4))
    assert (state.circuit, state.failures) == (CircuitState.CLOSED, 4)
    state = after(state, Report(failures=1, code="export.unavailable", reason="Gone."), 1)
    assert state.circuit is CircuitState.OPEN
    assert state.open_until == NOON + 11 * SECOND
    assert (state.last_code, state.last_reason, state.last_failure_at) == (
        "export.unavailable",
        "Gone.",
        NOON + SECOND,
    )


def test_an_answer_between_them_keeps_it_closed() -> None:
    state = after(FRESH, Report(failures=4))
    state = after(state, Report(successes=1, failures=4))
    assert (state.circuit, state.failures) == (CircuitState.CLOSED, 4)
    assert after(state, Report(successes=1)).failures == 0


def test_what_fails_while_it_is_open_does_not_prolong_it() -> None:
    state = after(FRESH, DOWN)
    late = after(state, replace(DOWN, reason="Timed out."), 5)
    assert (late.open_until, late.openings) == (state.open_until, 1)
    assert late.last_reason == "Timed out."
    assert after(late, Report(successes=9), 6).circuit is CircuitState.OPEN


def test_each_probe_that_fails_doubles_the_pause_up_to_the_longest() -> None:
    state, pauses = after(FRESH, DOWN), []
    for _ in range(7):
        assert state.open_until is not None
        pauses.append((state.open_until - state.updated_at).total_seconds())
        state = half_open(state).after(Report(failures=1), RULE, state.open_until, worker="one")
    assert pauses == [10, 20, 40, 80, 160, 300, 300]
    closed = half_open(state).after(Report(successes=1), RULE, NOON, worker="one")
    assert (closed.circuit, closed.openings, closed.failures) == (CircuitState.CLOSED, 0, 0)


def test_only_the_prober_decides() -> None:
    state = half_open(after(FRESH, DOWN))
    for report in (Report(successes=1), Report(failures=1)):
        assert after(state, report, 10, worker="other").circuit is CircuitState.HALF_OPEN


def test_a_probe_that_is_turned_away_has_failed() -> None:
    state = after(half_open(after(FRESH, DOWN)), Report(throttled=1, retry_after=90 * SECOND), 10)
    assert (state.circuit, state.openings) == (CircuitState.OPEN, 2)
    assert state.available_at(NOON) == NOON + 100 * SECOND


def test_too_much_halves_the_limit_and_answers_in_time_raise_it_again() -> None:
    state = after(FRESH, TOO_MUCH)
    assert state.limit == 10
    state = after(state, Report(successes=9), 1)
    assert (state.limit, state.successes) == (10, 9)
    state = after(state, Report(successes=1 + 11 + 12 + 5), 2)
    assert (state.limit, state.successes) == (13, 5)
    assert after(state, Report(successes=10_000), 3).limit == RULE.concurrency


def test_the_limit_never_falls_below_one() -> None:
    state = FRESH
    for second in range(10):
        state = after(state, TOO_MUCH, 2 * second)
    assert state.limit == 1
    assert after(state, Report(successes=1), 30).limit == 2


def test_what_came_at_the_same_time_lowers_the_limit_once() -> None:
    state = after(FRESH, TOO_MUCH)
    assert after(state, TOO_MUCH, 0.5).limit == 10
    began_before = Report(overloaded=15 * SECOND)
    assert after(state, began_before, 14).limit == 10
    assert after(state, began_before, 16).limit == 5


def test_a_time_to_wait_holds_for_all_and_is_never_shortened_by_another() -> None:
    state = after(FRESH, Report(throttled=1, retry_after=60 * SECOND))
    state = after(state, Report(throttled=1, retry_after=5 * SECOND), 1)
    assert state.circuit is CircuitState.CLOSED
    assert state.available_at(NOON) == NOON + 60 * SECOND
    assert state.available_at(NOON + 60 * SECOND) is None
    endless = after(FRESH, Report(throttled=1, retry_after=timedelta(days=400)))
    assert endless.available_at(NOON) == NOON + LONGEST_WAIT


def test_a_reset_forgets_all_but_the_limit_and_the_last_failure() -> None:
    state = after(after(FRESH, TOO_MUCH), replace(DOWN, throttled=1, retry_after=60 * SECOND))
    reset = state.reset(NOON + SECOND)
    assert reset.available_at(NOON + SECOND) is None
    assert reset == replace(
        FRESH,
        limit=10,
        updated_at=NOON + SECOND,
        lowered_at=NOON,
        last_code=DOWN.code,
        last_reason=DOWN.reason,
        last_failure_at=NOON,
    )


def test_a_narrower_rule_holds_at_once() -> None:
    narrow = EndpointRule(concurrency=3, longest_pause=2 * SECOND)
    state = after(FRESH, DOWN).after(NOTHING, narrow, NOON, worker="one")
    assert (state.limit, state.open_until) == (3, NOON + 2 * SECOND)


@pytest.mark.parametrize("back", [timedelta(hours=1), timedelta(days=4000)])
def test_a_clock_that_is_put_back_moves_what_was_planned(back: timedelta) -> None:
    state = half_open(after(FRESH, replace(DOWN, throttled=1, retry_after=60 * SECOND)))
    healed = state.after(NOTHING, RULE, NOON - back, worker="other")
    assert healed.open_until == NOON - back + 10 * SECOND
    assert healed.wait_until == NOON - back + 60 * SECOND
    assert healed.probe_until == NOON - back + 600 * SECOND


def test_clocks_that_differ_a_little_shorten_nothing() -> None:
    state = after(FRESH, replace(DOWN, throttled=1, retry_after=60 * SECOND))
    assert after(state, NOTHING, -3).available_at(NOON) == NOON + 60 * SECOND


@given(st.datetimes(), st.integers(0, 10), st.sampled_from(CircuitState))
def test_no_time_of_opening_is_absurd(open_until: datetime, openings: int, circuit: CircuitState) -> None:
    moment = open_until.replace(tzinfo=NOON.tzinfo)
    state = replace(FRESH, circuit=circuit, openings=openings, open_until=moment)
    healed = state.after(NOTHING, RULE, NOON, worker="one")
    assert healed.open_until is not None
    assert healed.open_until <= NOON + RULE.longest_pause


SEEN = st.lists(
    st.tuples(st.sampled_from(Outcome), st.floats(0, 30), st.none() | st.floats(0, 99)), max_size=12
)


def tallied(seen: list[tuple[Outcome, float, float | None]], begin: float) -> EndpointTally:
    """What was seen, one a second."""
    tally = EndpointTally()
    for place, (outcome, took, retry_after) in enumerate(seen):
        now = begin + place
        tally.add(
            outcome,
            began=now - took,
            now=now,
            slow_after=RULE.slow_after,
            retry_after=retry_after,
            code=f"code {now}",
            reason=None,
        )
    return tally


@given(SEEN, SEEN)
def test_what_could_not_be_reported_counts_with_what_came_later(
    earlier: list[tuple[Outcome, float, float | None]], later: list[tuple[Outcome, float, float | None]]
) -> None:
    whole = tallied(earlier + later, 100)
    in_parts = tallied(later, 100 + len(earlier))
    in_parts.follow(tallied(earlier, 100))
    assert in_parts.report(200) == whole.report(200)


@given(SEEN)
def test_every_outcome_counts(seen: list[tuple[Outcome, float, float | None]]) -> None:
    report = tallied(seen, 100).report(100 + len(seen))
    outcomes = [
        Outcome.FAILED if outcome is Outcome.THROTTLED and not retry_after else outcome
        for outcome, _, retry_after in seen
    ]
    assert report.successes == outcomes.count(Outcome.ANSWERED)
    assert report.throttled == outcomes.count(Outcome.THROTTLED)
    since = outcomes[::-1].index(Outcome.ANSWERED) if Outcome.ANSWERED in outcomes else len(outcomes)
    assert report.failures == outcomes[len(outcomes) - since :].count(Outcome.FAILED)
    assert (report.code is None) == (set(outcomes) <= {Outcome.ANSWERED})
