"""Which orders IOM has, by day of creation and by number. [Order REST 2.0-2.4, order-states]

IOM filters by day, and in which zone its days begin is not documented, so a day more is read on each side.
Pages come by offset, sorted by number, which is unique in a shop: orders that arrive meanwhile move others
behind the present page at most, and these come again, while a sort by date leaves open the order of equal
ones. For orders that disappear meanwhile, each page begins within the one before. [iom-api 0, paging]
"""

from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from ac_iomconnector_rest_common.order_api import BASE_PATH, OrderApi, OrderBy
from ac_iomconnector_rest_common.resource_url import resource_path
from ac_iomconnector_rest_common.states_by_number import PAGE_SIZE, number_of, states_by_number
from iomconnector.ports.order_directory import RemoteOrder

EDGE = 10
"""So many orders of a page are read again with the next one."""

_DAY: Final = timedelta(days=1)


async def orders_between(
    api: OrderApi, shop_id: int, start: datetime, end: datetime
) -> AsyncIterator[Sequence[RemoteOrder]]:
    """The orders that the shop created in a period, and those of a day before and after it, page by page.

    Raises:
        IomRestError: IOM did not answer.
    """
    for day in _days(start, end):
        async for page in _of_day(api, day):
            yield [_remote(shop_id, state) for state in page]


async def look_up(api: OrderApi, shop_id: int, numbers: Sequence[str]) -> Sequence[RemoteOrder]:
    """The orders that have one of these numbers.

    Raises:
        IomRestError: IOM did not answer.
    """
    return [_remote(shop_id, state) for state in await states_by_number(api, numbers)]


def _days(start: datetime, end: datetime) -> Iterator[date]:
    day, last = (start.astimezone(UTC) - _DAY).date(), (end.astimezone(UTC) + _DAY).date()
    while day <= last:
        yield day
        day += _DAY


async def _of_day(api: OrderApi, day: date) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
    """The order states of a day; each comes once, and one that stands there twice comes twice.

    A page that has nothing of the one before does not follow it: orders have disappeared from in front of it,
    and it is asked for again from further ahead.
    """
    offset, overlap, back = 0, 0, EDGE
    before = Counter[str]()
    while True:
        page = await api.order_states(
            created_from=day, created_to=day, order_by=OrderBy.ORDER_NUMBER, offset=offset, limit=PAGE_SIZE
        )
        now = Counter(map(number_of, page.data))
        if offset and overlap and not now & before:
            offset, back = max(0, offset - back), 2 * back
            continue
        new = list(_without(page.data, before if overlap else Counter()))
        if new:
            yield new
        if not page.data or offset + len(page.data) >= page.total_count:
            return
        before, back = (now if new else before | now), EDGE
        overlap = min(EDGE, len(page.data) // 2)
        offset += len(page.data) - overlap


def _without(states: Sequence[Mapping[str, Any]], before: Counter[str]) -> Iterator[Mapping[str, Any]]:
    """What a page has and the page before did not have."""
    left = Counter(before)
    for state in states:
        number = number_of(state)
        if left[number]:
            left[number] -= 1
        elif number:
            yield state


def _remote(shop_id: int, state: Mapping[str, Any]) -> RemoteOrder:
    number = number_of(state)
    reference = resource_path(BASE_PATH, ("shops", str(shop_id), "orders", number))
    return RemoteOrder(number, _moment(state.get("shopOrderCreationDate")), reference, state)


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None
