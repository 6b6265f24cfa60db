"""Which order numbers a shop has in IOM.

IOM has no question for numbers alone: order states come as whole documents. It sorts numbers as text, so that
the last one need not be the largest. [Order REST 2.4: order-states]
"""

from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

from ac_iomconnector_rest_common.order_api import OrderApi, OrderBy, SortDirection
from ac_iomconnector_rest_common.order_api_version import OrderApiVersion
from iomconnector.ports.order_number_source import NumbersPage

PAGE_SIZE = 500
"""Order states to ask for at once; each may have several kilobytes."""


async def all_numbers(api: OrderApi) -> AsyncIterator[NumbersPage]:
    """Every number of the shop.

    From version 2.4 on in the order of the latest change: an order that changes meanwhile comes again, and
    none is missed. Before, in the order of their numbers, which no change moves.

    Raises:
        IomRestError: IOM did not answer.
    """
    pages = _by_change(api) if api.version.at_least(OrderApiVersion.V2_4) else _by_number(api)
    async for page in pages:
        yield page


async def latest_numbers(api: OrderApi) -> AsyncIterator[NumbersPage]:
    """The numbers that are the last when sorted as text, and those of the newest orders: a page each.

    Raises:
        IomRestError: IOM did not answer.
    """
    for order_by in (OrderBy.ORDER_NUMBER, OrderBy.CREATION_DATE):
        page = await api.order_states(order_by=order_by, direction=SortDirection.DESCENDING, limit=PAGE_SIZE)
        yield NumbersPage(_numbers(page.data), page.total_count)


async def _by_change(api: OrderApi) -> AsyncIterator[NumbersPage]:
    cursor, total = 0, None
    while True:
        page = await api.modified_order_states(min_cursor=cursor, limit=PAGE_SIZE)
        total = page.total_count if total is None else total
        yield NumbersPage(_numbers(page.data), total)
        following = page.max_cursor
        if page.page_size >= page.total_count or following is None or following <= cursor:
            return
        cursor = following


async def _by_number(api: OrderApi) -> AsyncIterator[NumbersPage]:
    offset = 0
    while True:
        page = await api.order_states(order_by=OrderBy.ORDER_NUMBER, offset=offset, limit=PAGE_SIZE)
        yield NumbersPage(_numbers(page.data), page.total_count)
        offset += len(page.data)
        if not page.data or offset >= page.total_count:
            return


def _numbers(states: Iterable[Mapping[str, Any]]) -> list[str]:
    return [number for state in states if isinstance(number := state.get("shopOrderNumber"), str)]
