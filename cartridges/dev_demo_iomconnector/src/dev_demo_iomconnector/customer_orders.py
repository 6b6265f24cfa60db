"""Some of the sample orders belong to the users who are registered, so that they find something."""

from collections.abc import Sequence
from itertools import cycle
from typing import Final

from iomconnector.model.customer_users import CustomerUser
from iomconnector.model.customers import BusinessCustomer, PrivateCustomer
from iomconnector.model.orders import Order

EVERY: Final = 6
"""Every so manieth order of a channel belongs to one of its users."""


def shared_among(users: Sequence[CustomerUser], orders: Sequence[Order]) -> list[Order]:
    """The orders, of which some belong to the users of their channel, taken in turn.

    Nothing but the number of the customer and the e-mail address at the invoice address is changed.
    """
    turns = {
        channel: cycle([user for user in users if user.channel == channel])
        for channel in {user.channel for user in users}
    }
    seen = dict.fromkeys(turns, 0)
    shared = []
    for order in orders:
        if order.channel in turns:
            seen[order.channel] += 1
            if seen[order.channel] % EVERY == 0:
                shared.append(_of(next(turns[order.channel]), order))
                continue
        shared.append(order)
    return shared


def _of(user: CustomerUser, order: Order) -> Order:
    contact = order.invoice_address.contact
    if user.business != isinstance(order.customer, BusinessCustomer) or contact is None:
        return order
    customer: BusinessCustomer | PrivateCustomer = order.customer.model_copy(update={"number": user.customer})
    address = order.invoice_address.model_copy(
        update={"contact": contact.model_copy(update={"email": user.email})}
    )
    return order.model_copy(update={"customer": customer, "invoice_address": address})
