"""What a page says of whether a product can be bought, and of how fresh that is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from iomconnector.model.availability import Availability, AvailabilityReason, AvailabilitySource

FEW: Final = 5
"""Of so many pieces, or fewer, a page says how many there are."""

_NO_TROUBLE: Final = frozenset({None, AvailabilityReason.SERVICE_INACTIVE, AvailabilityReason.NOT_THERE})


class StockKind(StrEnum):
    """What is said; templates have the words."""

    IN_STOCK = "in stock"
    FEW_LEFT = "few left"
    NOT_AVAILABLE = "not available"
    NOT_KNOWN = "not known"
    """It may be bought: whether it is there turns out at checkout."""


@dataclass(frozen=True, slots=True)
class StockLine:
    """What a page says of a product.

    Arguments:
        kind: Whether it can be bought.
        left: How many there are, where there are few.
        expected_on: The day from which more is expected, where there is nothing.
    """

    kind: StockKind
    left: int = 0
    expected_on: date | None = None

    @property
    def buyable(self) -> bool:
        """Whether a shopper may put it into the cart."""
        return self.kind is not StockKind.NOT_AVAILABLE


def stock_line(told: Availability) -> StockLine:
    """What a page says of a product."""
    if told.available is None:
        return StockLine(StockKind.NOT_KNOWN)
    if not told.available or told.quantity == 0:
        return StockLine(StockKind.NOT_AVAILABLE, expected_on=told.restock_on)
    if told.quantity is not None and told.quantity <= FEW:
        return StockLine(StockKind.FEW_LEFT, told.quantity)
    return StockLine(StockKind.IN_STOCK)


@dataclass(frozen=True, slots=True)
class StockNotice:
    """That what a page says of stock is not what the inventory service says now.

    Arguments:
        local: Whether the shop's own stock answered in its place; else nobody did.
        as_of: When that was so.
    """

    local: bool
    as_of: datetime


def stock_notice(told: Iterable[Availability]) -> StockNotice | None:
    """The notice of a page with products; none where everything is as live as it can be.

    What nobody knows is no trouble where no inventory service is active, or where it does not know the
    product. It is where a service should have answered and did not.
    """
    stale = [each for each in told if each.reason not in _NO_TROUBLE]
    if not stale:
        return None
    local = any(each.source is AvailabilitySource.LOCAL_STOCK for each in stale)
    return StockNotice(local, min(each.as_of for each in stale))
