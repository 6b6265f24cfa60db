"""Where IOM's feed of changes begins, and that it goes on only where it moves."""

from typing import Any, cast

import pytest

from ac_iomconnector_orderhistory.feed import CLOCKS_DIFFER_BY, read_feed
from ac_iomconnector_rest_common.order_state_pages import ModifiedOrderStatePage
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.samples import NOON


class _Api:
    """Answers each question with one page, and keeps what was asked.

    Arguments:
        cursor: The greatest cursor of the page; none: the page is empty.
        more: How many states wait behind the page.
    """

    def __init__(self, cursor: int | None, more: int = 0) -> None:
        states = () if cursor is None else ({"shopOrderNumber": "1"},)
        self.page = ModifiedOrderStatePage(states, len(states) + more, len(states), cursor, cursor)
        self.asked: dict[str, Any] = {}

    async def modified_order_states(self, **asked: Any) -> ModifiedOrderStatePage:
        self.asked = asked
        return self.page


async def _read(api: _Api, mark: str | None) -> tuple[int, str, bool]:
    page = await read_feed(cast("Any", api), mark, now=NOON, limit=10)
    return len(page.states), page.mark, page.more


@pytest.mark.parametrize("mark", [None, "", "nonsense", "cursor:x", "cursor:-1", "since:yesterday"])
@in_event_loop
async def test_a_feed_begins_as_far_back_as_clocks_may_differ(mark: str | None) -> None:
    api = _Api(None)
    _, begun, _ = await _read(api, mark)
    assert api.asked == {"modified_since": NOON - CLOCKS_DIFFER_BY, "limit": 10}
    again = _Api(None)
    await _read(again, begun)
    assert again.asked == api.asked, "while nothing comes it begins where it began"


@pytest.mark.parametrize(
    ("mark", "cursor", "more", "read"),
    [
        ("cursor:7", 9, 3, (1, "cursor:9", True)),
        ("cursor:7", 9, 0, (1, "cursor:9", False)),
        ("cursor:7", 7, 3, (0, "cursor:7", False)),
        ("cursor:7", None, 0, (0, "cursor:7", False)),
    ],
)
@in_event_loop
async def test_a_feed_goes_on_only_where_its_cursor_moves(
    mark: str, cursor: int | None, more: int, read: tuple[int, str, bool]
) -> None:
    api = _Api(cursor, more)
    assert await _read(api, mark) == read
    assert api.asked == {"min_cursor": 7, "limit": 10}
