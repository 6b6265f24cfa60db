"""The keys of orders in addresses of pages and resources."""

from __future__ import annotations

from typing import Final

from iomconnector.errors import NotFoundError

MOST_DIGITS: Final = 19


def order_key(text: str) -> int:
    """The key of an order as an address has it. Whether there is such an order is for its storage to say.

    Raises:
        NotFoundError: No order can have it.
    """
    if text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS:
        return int(text)
    raise NotFoundError(f"There is no order {text}.", order=text)
