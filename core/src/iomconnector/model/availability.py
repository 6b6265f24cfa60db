"""Whether products can be bought, how many there are, and pieces that are held for somebody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from iomconnector.model.values import Moment, RequiredText, Text, Value

Quantity = Annotated[int, Field(ge=0, le=2**31 - 1)]
"""A number of pieces."""


class Quality(StrEnum):
    """How good an answer has to be; ICM calls it severity. [KB 2X3276]"""

    BROWSE = "browse"
    """For somebody who looks around: what was said a moment ago is good enough."""
    CART = "cart"
    """For somebody who wants to buy: what is true now."""
    CHECKOUT = "checkout"
    """For somebody who buys: what is true now, and the inventory service may take its time to say it."""


class LocationStock(Value):
    """What one supplier or warehouse has of a product.

    Arguments:
        location: Its name, as the inventory service calls it.
        quantity: How many pieces can be bought from there.
    """

    location: Text
    quantity: Quantity


class ProductStock(Value):
    """What an inventory service says of a product.

    Arguments:
        sku: The product.
        available: Whether it can be bought at all.
        quantity: How many pieces can be bought; none where the service does not count them.
        locations: The same by location, where it tells it.
        restock_on: The day from which more is expected, where it is known.
    """

    sku: RequiredText
    available: bool
    quantity: Quantity | None = None
    locations: tuple[LocationStock, ...] = ()
    restock_on: date | None = None


class AvailabilitySource(StrEnum):
    """Who answered."""

    INVENTORY_SERVICE = "inventory service"
    """The inventory service of the channel, within the time for which its answers are kept."""
    LOCAL_STOCK = "local stock"
    """The shop's own stock, in place of the inventory service, which cannot be asked."""
    NOBODY = "nobody"
    """Nobody could answer: it is not known whether the product can be bought."""


class AvailabilityReason(StrEnum):
    """Why the inventory service does not say whether a product can be bought."""

    SERVICE_INACTIVE = "service inactive"
    CIRCUIT_OPEN = "circuit open"
    TOO_SLOW = "too slow"
    UNAVAILABLE = "unavailable"
    NOT_THERE = "not there"
    """Whoever answers does not know the product."""


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether a product can be bought, as a page shows it.

    Arguments:
        sku: The product.
        available: Whether it can be bought; none where that is not known.
        source: Who says so.
        as_of: When that was so.
        quantity: How many pieces there are; none where that is not known.
        locations: The same by supplier or warehouse, where it is told.
        restock_on: The day from which more is expected, where it is known.
        reason: Why the inventory service does not say so; none where it does.
    """

    sku: str
    available: bool | None
    source: AvailabilitySource
    as_of: datetime
    quantity: int | None = None
    locations: tuple[LocationStock, ...] = ()
    restock_on: date | None = None
    reason: AvailabilityReason | None = None

    def covers(self, quantity: int) -> bool | None:
        """Whether so many pieces can be bought; none where that is not known."""
        if self.available is None or (self.available and self.quantity is None):
            return self.available
        return self.available and self.quantity is not None and self.quantity >= quantity


SHOPS_OWN = "shop-"
"""So begins the id of a reservation of the shop's own stock. No order management system is told of it."""


class ReservationType(StrEnum):
    """What a reservation does where there is not enough. [KB 2778D5]"""

    COMPLETE = "COMPLETE"
    """All or nothing."""
    PARTLY = "PARTLY"
    """What there is."""


class ItemState(StrEnum):
    """How far a wish is fulfilled."""

    RESERVED = "reserved"
    PARTLY = "partly reserved"
    NONE = "not reserved"


class ReservedItem(Value):
    """Pieces of one product in a reservation.

    Arguments:
        sku: The product.
        wanted: How many were asked for.
        reserved: How many are held, at most ``wanted``.
    """

    sku: RequiredText
    wanted: Quantity
    reserved: Quantity

    @model_validator(mode="after")
    def _holds_no_more_than_wanted(self) -> Self:
        if self.reserved > self.wanted:
            raise ValueError(f"holds {self.reserved} pieces, but only {self.wanted} were asked for")
        return self

    @property
    def state(self) -> ItemState:
        """How far the wish is fulfilled."""
        if self.reserved >= self.wanted:
            return ItemState.RESERVED
        return ItemState.PARTLY if self.reserved else ItemState.NONE


class Reservation(Value):
    """Pieces that an inventory service holds for somebody, until a moment.

    Arguments:
        id: What the inventory service calls it; it travels with the order.
        items: What it holds, one entry a product. Where a service forgot what was wanted, that counts as
            wanted what is held.
        valid_until: When what it holds is free again; none where the service does not say it.
        type: What it was to do where there was not enough; none where the service does not say it.
    """

    id: RequiredText
    items: tuple[ReservedItem, ...]
    valid_until: Moment | None = None
    type: ReservationType | None = None

    @property
    def complete(self) -> bool:
        """Whether it holds everything that was asked for."""
        return all(item.state is ItemState.RESERVED for item in self.items)

    @property
    def pieces(self) -> Mapping[str, int]:
        """What it holds, product -> pieces; nothing of what it does not hold."""
        return {item.sku: item.reserved for item in self.items if item.reserved}

    def is_over(self, now: datetime) -> bool:
        """Whether its time is over; never where the service does not say when that is."""
        return self.valid_until is not None and self.valid_until <= now
