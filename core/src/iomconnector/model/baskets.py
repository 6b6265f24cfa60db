"""What somebody is about to buy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from iomconnector.errors import ConnectorError
from iomconnector.model.money import Money
from iomconnector.model.orders import Order
from iomconnector.model.values import ChannelId

LONGEST_BASKET_ID: Final = 64


class BasketState(StrEnum):
    """How far a basket is."""

    OPEN = "open"
    """It can be changed."""
    ORDERING = "ordering"
    """It has become an order that is to be placed; whoever comes next places it, and it is not changed."""
    ORDERED = "ordered"
    """Its order was placed."""


class BasketRefusal(StrEnum):
    """Why a basket is not changed."""

    NOT_SOLD = "the product is not sold here"
    NO_QUANTITY = "the quantity is no whole number of at least 1"
    TOO_MANY_PIECES = "so many pieces of one product cannot be ordered at once"
    TOO_MANY_LINES = "so many products cannot be ordered at once"
    CHANGED_MEANWHILE = "it was changed meanwhile, for example in another window"
    BEING_ORDERED = "it is being ordered"


class BasketRefusedError(ConnectorError):
    """A basket is not changed.

    Arguments:
        refusal: Why.
        limit: The most that is possible, where there is a limit.
    """

    code = "basket.refused"

    def __init__(self, refusal: BasketRefusal, *, limit: int = 0, **ids: str) -> None:
        most = f" At most {limit} are possible." if limit else ""
        super().__init__(f"The basket was not changed: {refusal}.{most}", **ids)
        self.refusal = refusal
        self.limit = limit


@dataclass(frozen=True, slots=True)
class BasketRules:
    """How much one basket can have.

    Arguments:
        most_lines: So many products.
        most_pieces: So many pieces of each.
    """

    most_lines: int = 100
    most_pieces: int = 9999


@dataclass(frozen=True, slots=True)
class BasketLine:
    """A product in a basket.

    Arguments:
        sku: The product.
        quantity: How many pieces, at least 1.
        price: What one cost, with tax, when it was put in or its quantity was changed.
    """

    sku: str
    quantity: int
    price: Money


@dataclass(frozen=True, slots=True)
class Basket:
    """What a user of a channel is about to buy. Each has one that is not ordered yet.

    Arguments:
        id: Its id, unique everywhere; the order is placed once for it.
        channel: Where it is bought.
        login: Who buys.
        changed_at: When it was changed.
        lines: One for each product, in the order in which they were put in.
        state: How far it is.
        draft: The order that is to be placed, its number without meaning; only while it is being ordered.
        order_number: The number of its order, once that was placed.
        version: How often it was changed.
    """

    id: str
    channel: ChannelId
    login: str
    changed_at: datetime
    lines: Sequence[BasketLine] = ()
    state: BasketState = BasketState.OPEN
    draft: Order | None = None
    order_number: str | None = None
    version: int = 0
    _by_sku: Mapping[str, BasketLine] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_sku", {line.sku: line for line in self.lines})

    @property
    def pieces(self) -> Mapping[str, int]:
        """Product -> pieces."""
        return {line.sku: line.quantity for line in self.lines}

    @property
    def count(self) -> int:
        """How many pieces are in it."""
        return sum(line.quantity for line in self.lines)

    def line(self, sku: str) -> BasketLine | None:
        """The line of a product; none where it is not in it."""
        return self._by_sku.get(sku)

    def with_more(self, sku: str, quantity: int, price: Money, rules: BasketRules) -> "Basket":
        """The basket with more pieces of a product.

        Raises:
            BasketRefusedError: It would be too many, or the basket cannot be changed any more.
        """
        known = self.line(sku)
        return self._with(BasketLine(sku, quantity + (known.quantity if known else 0), price), rules)

    def with_quantity(
        self, sku: str, quantity: int, price: Money, rules: BasketRules, *, seen: int
    ) -> "Basket":
        """The basket with another quantity of a product that is in it.

        Arguments:
            sku: The product.
            quantity: How many there are to be.
            price: What one costs.
            rules: How many there can be.
            seen: How many there were when the user decided it.

        Raises:
            BasketRefusedError: It would be too many, the quantity was changed since the user saw it, or the
                basket cannot be changed any more.
        """
        self._require_seen(sku, seen)
        return self._with(BasketLine(sku, quantity, price), rules)

    def without(self, sku: str, *, seen: int) -> "Basket":
        """The basket without a product; the same where it has none.

        Raises:
            BasketRefusedError: The quantity was changed since the user saw it, or it is being ordered.
        """
        self._require_open()
        if self.line(sku) is None:
            return self
        self._require_seen(sku, seen)
        return replace(self, lines=tuple(line for line in self.lines if line.sku != sku))

    def being_ordered(self, draft: Order) -> "Basket":
        """The basket that has become an order.

        Raises:
            BasketRefusedError: It is one already.
        """
        self._require_open()
        return replace(self, state=BasketState.ORDERING, draft=draft)

    def ordered(self, number: str) -> "Basket":
        """The basket whose order was placed; what is in the order is not kept a second time."""
        return replace(self, state=BasketState.ORDERED, draft=None, order_number=number)

    def _with(self, line: BasketLine, rules: BasketRules) -> "Basket":
        self._require_open()
        if line.quantity < 1:
            raise BasketRefusedError(BasketRefusal.NO_QUANTITY, product=line.sku)
        if line.quantity > rules.most_pieces:
            raise BasketRefusedError(BasketRefusal.TOO_MANY_PIECES, limit=rules.most_pieces, product=line.sku)
        if line.sku in self._by_sku:
            return replace(self, lines=tuple(line if each.sku == line.sku else each for each in self.lines))
        if len(self.lines) >= rules.most_lines:
            raise BasketRefusedError(BasketRefusal.TOO_MANY_LINES, limit=rules.most_lines, product=line.sku)
        return replace(self, lines=(*self.lines, line))

    def _require_open(self) -> None:
        if self.state is not BasketState.OPEN:
            raise BasketRefusedError(BasketRefusal.BEING_ORDERED, basket=self.id)

    def _require_seen(self, sku: str, seen: int) -> None:
        self._require_open()
        line = self.line(sku)
        if line is None or line.quantity != seen:
            raise BasketRefusedError(BasketRefusal.CHANGED_MEANWHILE, basket=self.id, product=sku)
