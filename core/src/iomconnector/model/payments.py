"""How the order is paid."""

from enum import StrEnum

from pydantic import Field

from iomconnector.model.money import Money
from iomconnector.model.values import RequiredText, Text, Value


class Tender(StrEnum):
    """Open tender pays whatever is due; limited tender, such as a gift card, pays up to its value."""

    OPEN = "open"
    LIMITED = "limited"


class Payment(Value):
    """One payment of an order.

    Arguments:
        service_id: The id of the payment service in the shop.
        tender: Open, or limited to a value.
        amount: What it pays; needed only where it does not pay the whole.
        attributes: What the payment service left at the order: references, merchant account ...
    """

    service_id: RequiredText
    tender: Tender = Tender.OPEN
    amount: Money | None = None
    attributes: dict[RequiredText, Text] = Field(default_factory=dict)
