"""What a page says of how fresh it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from iomconnector.model.order_history import NotAsked, OrderView
from iomconnector.model.order_states import StateSource

_NO_TROUBLE: Final = frozenset({None, NotAsked.SERVICE_INACTIVE, NotAsked.NOT_THERE})


@dataclass(frozen=True, slots=True)
class SourceNotice:
    """That what a page shows is not live.

    Arguments:
        source: Where it comes from: last known, or the shop.
        as_of: When the oldest of it was so.
        all_orders: Whether it is true of all orders of the page.
    """

    source: StateSource
    as_of: datetime
    all_orders: bool = True


def source_notice(views: Iterable[OrderView]) -> SourceNotice | None:
    """The notice of a page with orders; none where everything is as live as it can be.

    What only the shop knows is no trouble: an order that is not handed over yet, or a shop without an order
    management system. It is where that system should have answered and did not.
    """
    shown = list(views)
    stale = [each for each in shown if _stale(each)]
    if not stale:
        return None
    known = [each for each in stale if each.source is StateSource.LAST_KNOWN]
    source = StateSource.LAST_KNOWN if known else StateSource.SHOP
    return SourceNotice(source, min(each.as_of for each in known or stale), len(stale) == len(shown))


def _stale(view: OrderView) -> bool:
    if view.source is StateSource.SHOP:
        return view.reason not in _NO_TROUBLE
    return view.source is StateSource.LAST_KNOWN
