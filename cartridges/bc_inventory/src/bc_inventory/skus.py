"""Which texts can be SKUs in the tables."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from bc_inventory.tables import LONGEST

T = TypeVar("T")

AT_ONCE = 500
"""So many products stand in one statement."""

MOST = 2**31 - 1
"""So many pieces at most can there be of a product."""


def can_be(text: str) -> bool:
    """Whether a text can be a SKU, a key or an id; nothing else is ever in the tables."""
    return 0 < len(text) <= LONGEST and text.strip() == text and text.isprintable()


def possible(skus: Iterable[str]) -> list[str]:
    """Those that can be SKUs, each once, in their order."""
    return [sku for sku in dict.fromkeys(skus) if can_be(sku)]


def batches(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """The same items, :data:`AT_ONCE` at a time."""
    for start in range(0, len(items), AT_ONCE):
        yield items[start : start + AT_ONCE]
