"""When a failed export is tried again."""

import math
from datetime import timedelta

from hypothesis import example, given
from hypothesis import strategies as st

from iomconnector.usecases.export_orders import LONGEST_WAIT, RetryPolicy

SECOND = timedelta(seconds=1)
DURATIONS = st.timedeltas(min_value=timedelta(milliseconds=1), max_value=timedelta(days=365))
ATTEMPTS = st.integers(1, 10_000)
JITTER = st.floats(0, 1)
POLICIES = st.builds(RetryPolicy, base=DURATIONS, limit=DURATIONS)


@given(POLICIES, ATTEMPTS, JITTER)
def test_a_wait_is_positive_and_never_longer_than_the_limit(
    policy: RetryPolicy, attempts: int, jitter: float
) -> None:
    assert timedelta(0) < policy.delay(attempts, None, jitter) <= policy.limit


@given(POLICIES, st.integers(1, 40), JITTER)
def test_the_wait_doubles_until_the_limit(policy: RetryPolicy, attempts: int, jitter: float) -> None:
    one, next_one = (policy.delay(count, None, jitter) for count in (attempts, attempts + 1))
    assert one <= next_one
    if next_one < policy.delay(10_000, None, jitter):
        assert abs(next_one - 2 * one) <= timedelta(milliseconds=1)


@given(POLICIES, ATTEMPTS)
def test_jitter_takes_at_most_half_of_the_wait_away(policy: RetryPolicy, attempts: int) -> None:
    longest = policy.delay(attempts, None, 1.0)
    assert abs(longest - 2 * policy.delay(attempts, None, 0.0)) <= timedelta(microseconds=2)


@given(POLICIES, ATTEMPTS, JITTER, st.floats(0, LONGEST_WAIT.total_seconds()))
def test_a_receiver_that_asks_to_wait_is_obeyed(
    policy: RetryPolicy, attempts: int, jitter: float, asked: float
) -> None:
    wait = policy.delay(attempts, asked, jitter)
    assert wait == max(timedelta(seconds=asked), policy.delay(attempts, None, jitter))


@given(ATTEMPTS, JITTER, st.floats())
@example(1, 0.5, math.nan)
@example(1, 0.5, math.inf)
@example(1, 0.5, -math.inf)
def test_no_wish_of_a_receiver_breaks_the_clock(attempts: int, jitter: float, asked: float) -> None:
    policy = RetryPolicy()
    wait = policy.delay(attempts, asked, jitter)
    assert policy.delay(attempts, None, jitter) <= wait <= LONGEST_WAIT


def test_the_first_waits_of_the_default() -> None:
    waits = [RetryPolicy().delay(attempts, None, 1.0) for attempts in range(1, 12)]
    assert waits == [timedelta(seconds=min(2**exponent, 300)) for exponent in range(11)]
    assert RetryPolicy().delay(1, None, 0.0) == SECOND / 2
