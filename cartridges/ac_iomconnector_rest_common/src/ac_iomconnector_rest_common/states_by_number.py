"""Order states by order number: one request for a page of orders. [Order REST 2.0-2.4, order-states]"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote_plus

from ac_iomconnector_rest_common.order_api import OrderApi, OrderBy

PAGE_SIZE = 500
"""Order states to ask for at once; each may have several kilobytes."""

MOST_NUMBERS: Final = 100
MOST_CHARACTERS: Final = 4000
"""Of the numbers in one address; servers and proxies commonly take 8,000 in all."""

_PARAMETER: Final = "shopOrderNumbers"


async def states_by_number(api: OrderApi, numbers: Sequence[str]) -> Sequence[Mapping[str, Any]]:
    """The states of the orders that have one of these numbers; one that stands there twice comes twice.

    Raises:
        IomRestError: IOM did not answer.
    """
    found: list[Mapping[str, Any]] = []
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
            found += [state for state in page.data if number_of(state) in wanted]
            offset += len(page.data)
            if not page.data or offset >= page.total_count:
                break
    return found


def number_of(state: Mapping[str, Any]) -> str:
    """The shop's number of an order state; empty where it has none."""
    number = state.get("shopOrderNumber")
    return number if isinstance(number, str) else ""


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
