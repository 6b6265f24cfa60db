"""The services of a context as a page shows them: those that were searched for, some at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from iomconnector.services.rows import ServiceRow

PAGE: Final = 100
ENOUGH_TO_SEARCH: Final = 20


@dataclass(frozen=True, slots=True)
class Overview:
    """A page of the services of a context.

    Arguments:
        search: What was searched for; empty where everything is shown.
        page: Which page it is; the first one is 1.
        pages: How many there are.
        inherited: What contexts above share, as far as it is on the page.
        own: What the context itself has, as far as it is on the page.
        inherited_count: How much of what is shared from above was found.
        own_count: How much of its own was found.
        can_search: Whether there is so much that people want to search.
    """

    search: str
    page: int
    pages: int
    inherited: Sequence[ServiceRow]
    own: Sequence[ServiceRow]
    inherited_count: int
    own_count: int
    can_search: bool


def overview_page(rows: Sequence[ServiceRow], search: str, page: int) -> Overview:
    """The services of a context that have a text in their name, id or type, one page of them.

    Arguments:
        rows: All services of the context, the inherited ones first.
        search: The text; everything has the empty one.
        page: Which page; one that is not there becomes the nearest.
    """
    wanted = search.casefold()
    found = [row for row in rows if wanted in _words(row)] if wanted else rows
    pages = max(1, -(-len(found) // PAGE))
    page = min(max(page, 1), pages)
    shown = found[(page - 1) * PAGE : page * PAGE]
    inherited_count = sum(row.shared_from is not None for row in found)
    return Overview(
        search=search,
        page=page,
        pages=pages,
        inherited=[row for row in shown if row.shared_from is not None],
        own=[row for row in shown if row.shared_from is None],
        inherited_count=inherited_count,
        own_count=len(found) - inherited_count,
        can_search=bool(search) or len(rows) > ENOUGH_TO_SEARCH,
    )


def _words(row: ServiceRow) -> str:
    service = row.configuration
    type_name = row.definition.display_name if row.definition else ""
    return "\n".join((service.display_name, service.id, service.definition, type_name)).casefold()
