"""Pages of order states. [Order REST 2.0-2.4]"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard


@dataclass(frozen=True, slots=True)
class OrderStatePage:
    """Order states that a question found, as IOM wrote them.

    Arguments:
        data: The states of this page.
        total_count: How many states there are on all pages.
    """

    data: tuple[Mapping[str, Any], ...] = field(repr=False)
    total_count: int

    @classmethod
    def read(cls, document: Any) -> "OrderStatePage | None":
        """The page in a document; none where it is no such page.

        A page without ``data`` counts as empty only if it says itself that there is nothing, so that a
        strange answer is never read as "no such order".
        """
        content = _content(document)
        if content is None:
            return None
        data, meta = content
        total = meta.get("totalCount")
        return cls(data, total if _is_count(total) else len(data))


@dataclass(frozen=True, slots=True)
class ModifiedOrderStatePage:
    """Order states in the order of their last change, the oldest change first.

    Arguments:
        data: The states of this page.
        total_count: How many changed states there are, this page included.
        page_size: How many of them are on this page.
        min_cursor: The smallest cursor on this page; none on an empty one.
        max_cursor: The greatest cursor on this page; none on an empty one.
    """

    data: tuple[Mapping[str, Any], ...] = field(repr=False)
    total_count: int
    page_size: int
    min_cursor: int | None
    max_cursor: int | None

    @classmethod
    def read(cls, document: Any) -> "ModifiedOrderStatePage | None":
        """The page in a document; none where it is no such page, or has states but no cursor to go on."""
        content = _content(document)
        if content is None:
            return None
        data, meta = content
        total, size = meta.get("totalCount"), meta.get("pageSize")
        first, last = meta.get("minCursor"), meta.get("maxCursor")
        if data and not _is_count(last):
            return None
        return cls(
            data,
            total if _is_count(total) else len(data),
            size if _is_count(size) else len(data),
            first if _is_count(first) else None,
            last if _is_count(last) else None,
        )


def _content(document: Any) -> tuple[tuple[Mapping[str, Any], ...], Mapping[str, Any]] | None:
    if not isinstance(document, dict):
        return None
    found = document.get("meta")
    meta = found if isinstance(found, dict) else {}
    data = document.get("data")
    if data is None and meta.get("totalCount") == 0:
        data = []
    if not isinstance(data, list) or not all(isinstance(state, dict) for state in data):
        return None
    return tuple(data), meta


def _is_count(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
