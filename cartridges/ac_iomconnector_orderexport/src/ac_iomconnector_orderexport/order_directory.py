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
from urllib.parse import quote_plus

from ac_iomconnector_rest_common.order_api import BASE_PATH, OrderApi, OrderBy
from ac_iomconnector_rest_common.resource_url import resource_path
from iomconnector.ports.order_directory import RemoteOrder

PAGE_SIZE = 500
"""Order states to ask for at once; each may have several kilobytes."""

EDGE = 10
"""So many orders of a page are read again with the next one."""

MOST_NUMBERS: Final = 100
MOST_CHARACTERS: Final = 4000
"""Of the numbers in one address; servers and proxies commonly take 8,000 in all."""

_DAY: Final = timedelta(days=1)
_PARAMETER: Final = "shopOrderNumbers"


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
    found = []
    for some in _batches(numbers):
        wanted, offset = set(some), 0
        while True:
            page = await api.order_states(
                order_numbers=some,
                order_by=OrderBy.ORDER_NUMBER,
                offset=offset,
                limit=PAGE_SIZE,
                alone=False,
            )
            found += [_remote(shop_id, state) for state in page.data if _number(state) in wanted]
            offset += len(page.data)
            if not page.data or offset >= page.total_count:
                break
    return found


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
        now = Counter(map(_number, page.data))
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
        number = _number(state)
        if left[number]:
            left[number] -= 1
        elif number:
            yield state


def _batches(numbers: Sequence[str]) -> Iterator[Sequence[str]]:
    batch: list[str] = []
    characters = 0
    for number in numbers:
        length = len(_PARAMETER) + len(quote_plus(number)) + 2
        if batch and (len(batch) == MOST_NUMBERS or characters + length > MOST_CHARACTERS):
            yield batch
            batch, characters = [], 0
        batch.append(number)
        characters += length
    if batch:
        yield batch


def _remote(shop_id: int, state: Mapping[str, Any]) -> RemoteOrder:
    number = _number(state)
    reference = resource_path(BASE_PATH, ("shops", str(shop_id), "orders", number))
    return RemoteOrder(number, _moment(state.get("shopOrderCreationDate")), reference, state)


def _number(state: Mapping[str, Any]) -> str:
    number = state.get("shopOrderNumber")
    return number if isinstance(number, str) else ""


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None
