"""Customers looking for their orders in memory."""

from collections.abc import Callable, Sequence
from datetime import UTC
from typing import Any

from iomconnector.errors import NotFoundError
from iomconnector.model.customer_users import OrderOwner
from iomconnector.model.exports import ExportState
from iomconnector.model.order_status import StatusName
from iomconnector.ports.customer_orders import CustomerOrderPage, CustomerOrderQuery, HistorySort
from iomconnector.ports.order_repository import StoredOrder

StatusOf = Callable[[StoredOrder], StatusName | None]


class MemoryCustomerOrders:
    """Implements :class:`~iomconnector.ports.customer_orders.CustomerOrders`.

    Arguments:
        orders: Gives all orders of the shop.
        status_of: Gives the last known status of an order.
    """

    def __init__(
        self, orders: Callable[[], Sequence[StoredOrder]], status_of: StatusOf = lambda _: None
    ) -> None:
        self._orders = orders
        self._status_of = status_of

    async def page(self, owner: OrderOwner, query: CustomerOrderQuery) -> CustomerOrderPage:
        """One page of the owner's orders."""
        found = [
            each
            for each in self._orders()
            if is_owned(each, owner) and _meets(each, query) and self._has_status(each, query)
        ]
        found.sort(key=lambda each: each.request.order_id, reverse=query.sort is HistorySort.NEWEST)
        return CustomerOrderPage(found[query.offset : query.offset + query.limit], len(found))

    async def get(self, owner: OrderOwner, order_id: int) -> StoredOrder:
        """An order by its key."""
        return self._only(owner, lambda each: each.request.order_id == order_id, order=order_id)

    async def by_number(self, owner: OrderOwner, number: str) -> StoredOrder:
        """An order by its number."""
        return self._only(owner, lambda each: each.request.number == number, order=number)

    def _only(self, owner: OrderOwner, condition: Callable[[StoredOrder], bool], **ids: Any) -> StoredOrder:
        for each in self._orders():
            if condition(each) and is_owned(each, owner):
                return each
        raise NotFoundError("There is no such order.", **ids)

    def _has_status(self, stored: StoredOrder, query: CustomerOrderQuery) -> bool:
        if not query.status_codes and not query.export_states:
            return True
        status = self._status_of(stored)
        known = status is not None and status.code in query.status_codes
        unknown = stored.request.state is not ExportState.EXPORTED or status is None
        return known or (unknown and stored.request.state in query.export_states)


def is_owned(stored: StoredOrder, owner: OrderOwner) -> bool:
    """Whether an order belongs to an owner."""
    order = stored.placed.order
    mine = (order.channel, order.customer.number) == (owner.channel, owner.customer)
    own = owner.email is None or (owner.email != "" and _email(stored) == owner.email.casefold())
    return mine and bool(owner.customer) and own


def _email(stored: StoredOrder) -> str:
    contact = stored.placed.order.invoice_address.contact
    return "" if contact is None else (contact.email or "").casefold()


def _meets(stored: StoredOrder, query: CustomerOrderQuery) -> bool:
    order = stored.placed.order
    day = order.created_at.astimezone(UTC).date()
    skus = {item.product.sku for item in order.line_items}
    return (
        (not query.numbers or order.number in query.numbers)
        and query.number_part.lower() in order.number.lower()
        and (not query.customer_order_numbers or order.customer_order_number in query.customer_order_numbers)
        and (not query.skus or bool(skus & {*query.skus}))
        and (not query.emails or _email(stored) in {each.casefold() for each in query.emails})
        and (query.created_from is None or query.created_from <= day)
        and (query.created_to is None or day <= query.created_to)
    )
