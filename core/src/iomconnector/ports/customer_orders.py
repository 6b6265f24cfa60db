"""The shop's own orders as their customers look for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from iomconnector.model.customer_users import OrderOwner
from iomconnector.model.exports import ExportState
from iomconnector.ports.order_repository import StoredOrder


class HistorySort(StrEnum):
    """In which order customers see their orders: by when they were placed."""

    NEWEST = "newest"
    OLDEST = "oldest"


@dataclass(frozen=True, slots=True)
class CustomerOrderQuery:
    """Which orders of a customer. Values of one condition are alternatives, conditions narrow each other.

    Arguments:
        numbers: Order numbers, whole.
        number_part: A part of the order number.
        customer_order_numbers: The customer's own numbers.
        skus: Products in the orders.
        emails: E-mail addresses at the invoice address; without case.
        created_from: The first day of creation, in UTC.
        created_to: The last day of creation, in UTC.
        status_codes: Codes of last known states.
        export_states: States of the export; ``EXPORTED`` finds those of which no state is known. With
            ``status_codes``, an order that meets one of the two is found. Status codes are looked for in
            exported orders only.
        sort: Newest or oldest first.
        offset: How many to skip.
        limit: How many to give, 1 to 100.
    """

    numbers: tuple[str, ...] = ()
    number_part: str = ""
    customer_order_numbers: tuple[str, ...] = ()
    skus: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    created_from: date | None = None
    created_to: date | None = None
    status_codes: tuple[str, ...] = ()
    export_states: tuple[ExportState, ...] = ()
    sort: HistorySort = HistorySort.NEWEST
    offset: int = 0
    limit: int = 25


@dataclass(frozen=True, slots=True)
class CustomerOrderPage:
    """Some orders of a customer.

    Arguments:
        orders: The orders of the page; those that cannot be read are left out.
        total: How many there are on all pages, with those that cannot be read.
    """

    orders: Sequence[StoredOrder]
    total: int


class CustomerOrders(Protocol):
    """Finds the orders of customers. Nothing is ever given to anybody but its owner."""

    async def page(self, owner: OrderOwner, query: CustomerOrderQuery) -> CustomerOrderPage:
        """One page of the owner's orders. Orders that are placed meanwhile shift pages, as everywhere; of
        those that are there, however many were placed at one moment, none is missing or comes twice."""
        ...

    async def get(self, owner: OrderOwner, order_id: int) -> StoredOrder:
        """An order by its key (``ExportRequest.order_id``).

        Raises:
            NotFoundError: There is none, or it is somebody else's; the error does not tell which.
            StorageError: It cannot be read.
        """
        ...

    async def by_number(self, owner: OrderOwner, number: str) -> StoredOrder:
        """An order by its number.

        Raises:
            NotFoundError: There is none, or it is somebody else's; the error does not tell which.
            StorageError: It cannot be read.
        """
        ...
