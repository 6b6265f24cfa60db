"""Points in time, as shops write them."""

from datetime import UTC, datetime, timedelta, timezone
from functools import cache

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

_FIRST = datetime(2015, 1, 1, tzinfo=UTC)
_SPAN = datetime(2035, 1, 1, tzinfo=UTC) - _FIRST
_OFFSETS = tuple(timezone(timedelta(minutes=minutes)) for minutes in (0, 60, 120, -300, 345, 840, -720))


@cache
def moments() -> SearchStrategy[datetime]:
    """Aware times from 2015 to 2035, exact to the second, ms or µs; offsets of whole minutes."""
    return st.builds(
        _moment,
        st.integers(0, int(_SPAN.total_seconds())),
        st.one_of(st.just(0), st.integers(0, 999).map(lambda ms: ms * 1000), st.integers(0, 999_999)),
        st.sampled_from(_OFFSETS),
    )


def _moment(seconds: int, microseconds: int, offset: timezone) -> datetime:
    return (_FIRST + timedelta(seconds=seconds, microseconds=microseconds)).astimezone(offset)
