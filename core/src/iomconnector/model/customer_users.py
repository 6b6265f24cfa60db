"""The people who buy: users of customers, who sign in at the storefront."""

from dataclasses import dataclass
from datetime import datetime

from iomconnector.model.values import ChannelId


@dataclass(frozen=True, slots=True)
class CustomerUser:
    """A registered user of a customer, in one channel.

    Arguments:
        channel: The channel at whose storefront the user signs in.
        login: Unique in the channel, as :func:`iomconnector.model.accounts.account_name` writes it.
        customer: The number of the customer, identical in both systems.
        business: Whether the customer is a company.
        company: The name of the company; empty for a private customer.
        first_name: First name.
        last_name: Last name.
        email: Where orders are confirmed to; it tells the orders of one buyer of a company from another's.
        sees_all_orders: Whether the user sees the orders of all buyers of the customer (ICM's account admin).
        active: Whether the user may sign in.
        created_at: When the user was registered.
        language: The preferred language, ``en`` or ``de``; empty where none was chosen.
    """

    channel: ChannelId
    login: str
    customer: str
    business: bool
    company: str
    first_name: str
    last_name: str
    email: str
    sees_all_orders: bool
    active: bool
    created_at: datetime
    language: str = ""


@dataclass(frozen=True, slots=True)
class OrderOwner:
    """Whose orders are shown. Every question about orders of the storefront names one.

    Arguments:
        channel: The channel.
        customer: The number of the customer.
        email: Only orders with this e-mail address at the invoice address, compared without case; none: the
            orders of all buyers of the customer.
    """

    channel: ChannelId
    customer: str
    email: str | None = None

    @classmethod
    def of(cls, user: CustomerUser) -> "OrderOwner":
        """What a user may see: a private customer and an account admin see all orders of the customer."""
        alone = user.business and not user.sees_all_orders
        return cls(user.channel, user.customer, user.email if alone else None)
