"""When repeated failures lock, and for how long."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iomconnector.model.lockout import MEMORY, FailureCount, LockoutRule
from iomconnector.testing.samples import NOON
from iomconnector.usecases.sign_in_keys import account_key, address_of

MINUTE = timedelta(minutes=1)
RULE = LockoutRule(3, window=15 * MINUTE, first_lock=MINUTE, longest_lock=60 * MINUTE)


def failed(count: FailureCount, times: int, now: object = NOON) -> FailureCount:
    for _ in range(times):
        after = count.begin(RULE, now)  # type: ignore[arg-type]
        assert after is not None
        count = after
    return count


def test_the_last_attempt_that_the_rule_allows_begins_the_lock() -> None:
    assert not failed(FailureCount(), 2).locked(NOON)
    count = failed(FailureCount(), 3)
    assert count.begin(RULE, NOON) is None
    assert count.begin(RULE, NOON + MINUTE - timedelta(microseconds=1)) is None
    assert count.begin(RULE, NOON + MINUTE) is not None


def test_each_lock_lasts_twice_as_long_up_to_the_limit() -> None:
    count, now, lasted = FailureCount(), NOON, []
    for _ in range(9):
        count = failed(count, 3, now)
        assert count.locked_until is not None
        lasted.append((count.locked_until - now) / MINUTE)
        now = count.locked_until
    assert lasted == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_refused_attempts_do_not_make_a_lock_longer() -> None:
    count = failed(FailureCount(), 3)
    assert count.begin(RULE, NOON + MINUTE / 2) is None
    assert count.locked_until == NOON + MINUTE


def test_failures_far_apart_do_not_count_together() -> None:
    count = failed(FailureCount(), 2)
    assert failed(count, 1, NOON + 15 * MINUTE).locked(NOON + 15 * MINUTE)
    later = NOON + 15 * MINUTE + timedelta(microseconds=1)
    assert failed(count, 1, later).failures == 1


def test_earlier_locks_are_remembered_for_a_day() -> None:
    count = failed(failed(FailureCount(), 3), 3, NOON + MINUTE)
    assert count.locks == 2
    end = NOON + 3 * MINUTE
    assert failed(count, 3, end + MEMORY).locks == 3
    assert failed(count, 3, end + MEMORY + MINUTE).locks == 1


def test_an_attempt_that_succeeded_is_taken_back_with_its_lock_but_not_those_before() -> None:
    count = failed(failed(FailureCount(), 3), 3, NOON + MINUTE)
    now = NOON + 2 * MINUTE
    taken = count.take_back(RULE, now)
    assert (taken.failures, taken.locks, taken.locked(now)) == (2, 1, False)
    assert FailureCount().take_back(RULE, NOON).failures == 0


@given(st.lists(st.integers(0, 40), max_size=60))
def test_every_third_attempt_of_a_row_locks_and_no_other(pauses: list[int]) -> None:
    count, now, row, last = FailureCount(), NOON, 0, NOON
    for pause in pauses:
        now += pause * MINUTE
        after = count.begin(RULE, now)
        assert (after is None) == count.locked(now)
        if after is None:
            continue
        row = 1 if now - last > RULE.window else row + 1
        count, last = after, now
        assert count.locked(now) == (row == RULE.failures)
        row %= RULE.failures


def test_a_lock_of_any_number_can_be_computed() -> None:
    assert RULE.lock(10**9) == RULE.longest_lock


@pytest.mark.parametrize(
    ("client", "address"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", "unknown"),
        ("x" * 300, "x" * 100),
        ("\ud800\x00", "\\ud800\\x00"),
    ],
)
def test_an_address_counts_once_however_it_is_written(client: str, address: str) -> None:
    assert address_of(client) == address


def test_the_key_of_an_account_does_not_show_what_was_typed() -> None:
    assert "secret" not in account_key("my secret password")
    assert account_key("a") != account_key("b")
    account_key("\ud800")
