"""Orders that are to get their number from the sequence of their organization."""

from dataclasses import dataclass
from typing import Any, Final

from iomconnector.model.erasure import without_personal_data
from iomconnector.model.order_documents import OrderDocumentError, digest_of, order_from
from iomconnector.model.orders import Order
from iomconnector.model.values import ChannelId, OrderNumber

KEY: Final = "idempotency_key"
LONGEST_KEY: Final = 255
_NO_NUMBER: Final = OrderNumber("0")


@dataclass(frozen=True, slots=True)
class UnnumberedOrder:
    """An order without a number.

    Arguments:
        idempotency_key: What its caller calls it, unique in the channel, so that the order gets one number
            however often it is sent.
        draft: The order with a number that means nothing.
    """

    idempotency_key: str
    draft: Order

    @property
    def channel(self) -> ChannelId:
        """The channel in which it is placed."""
        return self.draft.channel

    @property
    def digest(self) -> str:
        """A fingerprint of its content."""
        return digest_of(self.draft)

    @property
    def digest_if_erased(self) -> str:
        """The fingerprint that is kept of it when personal data are erased from the order."""
        return digest_of(without_personal_data(self.draft))

    def numbered(self, number: OrderNumber) -> Order:
        """The order with its number."""
        return self.draft.model_copy(update={"number": number})


def order_or_unnumbered_from(content: Any) -> Order | UnnumberedOrder:
    """Make an order of parsed JSON; it has either a ``number`` or an ``idempotency_key``.

    Raises:
        OrderDocumentError: It is no valid order; every wrong field is named with its path.
    """
    if not isinstance(content, dict) or (KEY not in content and "number" in content):
        return order_from(content)
    if KEY not in content:
        try:
            return order_from(content)
        except OrderDocumentError as error:
            hint = f"{error.hint} An order without a number needs an {KEY}."
            raise OrderDocumentError(error.message, hint=hint) from error
    if "number" in content:
        raise OrderDocumentError(
            f"{KEY}: has no place beside a number, because the number tells the order apart",
            hint="Leave one of them out.",
            order=content["number"],
        )
    key = content[KEY]
    if not isinstance(key, str) or not 1 <= len(key) <= LONGEST_KEY or not key.isprintable():
        raise OrderDocumentError(f"{KEY}: must be 1 to {LONGEST_KEY} printable characters")
    draft = order_from(
        {name: value for name, value in content.items() if name != KEY} | {"number": _NO_NUMBER}
    )
    return UnnumberedOrder(key, draft)


def digest_of_draft(order: Order) -> str:
    """The fingerprint that an order had before it got its number."""
    return digest_of(order.model_copy(update={"number": _NO_NUMBER}))
