"""IOM's feed of modified order states. Since 2.4. [Order REST 2.4, order-states/modified]"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from ac_iomconnector_rest_common.order_api import MOST_MODIFIED_STATES, OrderApi
from ac_iomconnector_rest_common.order_state_pages import ModifiedOrderStatePage

CLOCKS_DIFFER_BY: Final = timedelta(minutes=5)
"""So much further back a feed begins: IOM compares with its own clock."""

_FEWEST: Final = 2
"""Where IOM counts the state of the cursor itself, a page of one would never get on."""
_CURSOR: Final = "cursor:"
_SINCE: Final = "since:"


class FeedPage:
    """Some changes, and how to go on.

    Arguments:
        page: What IOM answered.
        mark: What was asked.
    """

    def __init__(self, page: ModifiedOrderStatePage, mark: str) -> None:
        self._page = page
        self._before = _cursor_of(mark)
        self._mark = mark

    @property
    def states(self) -> tuple[Mapping[str, Any], ...]:
        """The states as IOM wrote them; none where there is nothing but the one that the cursor names."""
        return () if self._page.max_cursor == self._before is not None else self._page.data

    @property
    def mark(self) -> str:
        """Where to go on."""
        last = self._page.max_cursor
        return self._mark if last is None else f"{_CURSOR}{last}"

    @property
    def more(self) -> bool:
        """Whether more is there at once; never where the cursor does not move."""
        last = self._page.max_cursor
        moved = last is not None and (self._before is None or last > self._before)
        return moved and self._page.page_size < self._page.total_count


async def read_feed(api: OrderApi, mark: str | None, *, now: datetime, limit: int) -> FeedPage:
    """One page of the feed.

    Arguments:
        api: Order REST.
        mark: Where to go on; what cannot be read counts as none, and the feed begins anew.
        now: The present time.
        limit: How many states at most.

    Raises:
        IomNotOffered: IOM is older than 2.4.
        IomRestError: IOM did not answer.
    """
    limit = min(max(limit, _FEWEST), MOST_MODIFIED_STATES)
    cursor, since = _cursor_of(mark), _since(mark)
    if cursor is not None:
        return FeedPage(await api.modified_order_states(min_cursor=cursor, limit=limit), mark or "")
    begin = since or now - CLOCKS_DIFFER_BY
    page = await api.modified_order_states(modified_since=begin, limit=limit)
    return FeedPage(page, f"{_SINCE}{begin.isoformat()}")


def _cursor_of(mark: str | None) -> int | None:
    digits = (mark or "").removeprefix(_CURSOR)
    if mark is None or digits == mark or not (digits.isascii() and digits.isdecimal()):
        return None
    return int(digits) if int(digits) < 2**63 else None


def _since(mark: str | None) -> datetime | None:
    if mark is None or not mark.startswith(_SINCE):
        return None
    try:
        moment = datetime.fromisoformat(mark.removeprefix(_SINCE))
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None
