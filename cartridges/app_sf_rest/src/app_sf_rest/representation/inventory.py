"""What is available, as ICM's clients read it. [storefront-clients 1.3]"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final

from pydantic import BaseModel

from iomconnector.model.availability import Availability, LocationStock

NOT_KNOWN: Final = "product.inventory.not_known"


class SupplierStock(BaseModel):
    """What one supplier or warehouse has.

    Arguments:
        id: Its name.
        displayName: Its name.
        inStock: Whether it has any.
        availableStock: How many pieces.
    """

    id: str
    displayName: str
    inStock: bool
    availableStock: int


class StockSource(BaseModel):
    """Who says so; our own addition.

    Arguments:
        name: `inventory service` or `local stock`.
        asOf: When that was so.
        reason: Why the inventory service did not answer: `circuit open`, `too slow` or `unavailable`; none
            where it did.
    """

    name: str
    asOf: datetime
    reason: str | None = None


class Inventory(BaseModel):
    """What there is of a product.

    Arguments:
        sku: The product.
        inStock: Whether it can be bought.
        availableStock: How many pieces; none where they are not counted.
        supplierStock: The same by supplier, where that is told.
        restockDate: The day from which more is expected, where it is known; our own addition.
        stockSource: Who says so; our own addition.
    """

    sku: str
    inStock: bool
    availableStock: int | None = None
    supplierStock: list[SupplierStock] | None = None
    restockDate: date | None = None
    stockSource: StockSource


class NotKnown(BaseModel):
    """A product of which nothing is said; our own addition.

    Arguments:
        code: `product.inventory.not_known`.
        message: For people.
        sku: The product.
        reason: Why: `not there`, `service inactive`, `circuit open`, `too slow` or `unavailable`.
    """

    code: str
    message: str
    sku: str
    reason: str


class InventoryList(BaseModel):
    """What there is of products.

    Arguments:
        data: The products of which it is known, in the order in which they were asked for.
        infos: The others. That nobody knows what there is does not mean that there is nothing.
    """

    data: list[Inventory]
    infos: list[NotKnown] | None = None


def inventory_list(told: Mapping[str, Availability]) -> InventoryList:
    """What was told of products.

    Arguments:
        told: Product -> what was told of it.
    """
    unknown = [each for each in told.values() if each.available is None]
    return InventoryList(
        data=[_known(each, each.available) for each in told.values() if each.available is not None],
        infos=[_not_known(each) for each in unknown] or None,
    )


def _known(each: Availability, available: bool) -> Inventory:
    return Inventory(
        sku=each.sku,
        inStock=available,
        availableStock=each.quantity,
        supplierStock=_suppliers(each.locations) or None,
        restockDate=each.restock_on,
        stockSource=StockSource(
            name=each.source.value, asOf=each.as_of, reason=each.reason.value if each.reason else None
        ),
    )


def _suppliers(locations: Iterable[LocationStock]) -> list[SupplierStock]:
    """Those that have a name: the client needs one to tell them apart."""
    return [
        SupplierStock(
            id=each.location,
            displayName=each.location,
            inStock=each.quantity > 0,
            availableStock=each.quantity,
        )
        for each in locations
        if each.location
    ]


def _not_known(each: Availability) -> NotKnown:
    reason = each.reason.value if each.reason else "unavailable"
    return NotKnown(
        code=NOT_KNOWN,
        message=f"Nobody knows what there is of {each.sku}: {reason}.",
        sku=each.sku,
        reason=reason,
    )
