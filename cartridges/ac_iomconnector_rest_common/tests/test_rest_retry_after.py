"""The header that says when to come back."""

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ac_iomconnector_rest_common.retry_after import parse_retry_after

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = 86_400


@given(st.integers(0, 10**11))
def test_a_number_is_seconds_up_to_a_day(seconds: int) -> None:
    assert parse_retry_after(f" {seconds} ", NOW) == min(seconds, DAY)


@given(st.timedeltas(timedelta(days=-5000), timedelta(days=5000)), st.integers(-14 * 60, 14 * 60))
def test_a_date_is_a_wait_from_now_and_never_negative(distance: timedelta, offset: int) -> None:
    moment = (NOW + distance).replace(microsecond=0)
    written = format_datetime(moment.astimezone(timezone(timedelta(minutes=offset))))
    wait = parse_retry_after(written, NOW)
    assert wait == min(max((moment - NOW).total_seconds(), 0), DAY)


@pytest.mark.parametrize(
    "value",
    [None, "", "soon", "-5", "1e9", "٣", "nan", "inf", "Sun, 99 Foo 2026 99:99:99 GMT", "9" * 5000],
)
def test_what_cannot_be_read_counts_as_absent(value: str | None) -> None:
    assert parse_retry_after(value, NOW) is None


def test_fractions_and_dates_without_a_zone_are_read() -> None:
    assert parse_retry_after("0.5", NOW) == 0.5
    assert parse_retry_after("Sun, 01 Mar 2026 12:01:00 -0000", NOW) == 60


@given(st.text())
def test_nothing_makes_it_fail(value: str) -> None:
    wait = parse_retry_after(value, NOW)
    assert wait is None or 0 <= wait <= DAY
