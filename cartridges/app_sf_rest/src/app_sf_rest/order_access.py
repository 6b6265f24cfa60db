"""Which orders a user may ask for."""

from __future__ import annotations

from urllib.parse import unquote

from app_sf_rest.caller import Shopper
from iomconnector.application import Application
from iomconnector.errors import NotFoundError
from iomconnector.model.accounts import AccountNameError
from iomconnector.model.customer_users import OrderOwner
from iomconnector.web.order_keys import order_key


def key_of(order_id: str) -> int:
    """The key of an order from its id in a path, which clients encode once or twice.

    Raises:
        NotFoundError: No order can have it.
    """
    return order_key(unquote(order_id))


async def buyer_of(
    shopper: Shopper, system: Application, *, buyer: str | None, all_buyers: bool
) -> OrderOwner | None:
    """Whose orders are listed; none where nobody's can be.

    Somebody who may not see the orders of other buyers gets the own ones, whatever was asked for.

    Arguments:
        shopper: Who asks.
        system: The system.
        buyer: The login of a buyer.
        all_buyers: Whether those of all buyers are wanted.
    """
    user = shopper.user
    if not user.business:
        return OrderOwner.of(user)
    if not user.sees_all_orders or (buyer is None and not all_buyers):
        return OrderOwner(user.channel, user.customer, user.email)
    if all_buyers:
        return OrderOwner(user.channel, user.customer)
    try:
        found = await system.customer_users.get(user.channel, buyer or "")
    except (NotFoundError, AccountNameError):
        return None
    return OrderOwner(user.channel, user.customer, found.email) if found.customer == user.customer else None
