"""What a shopper reads where a basket is not changed or ordered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app_sf_responsive.catalogs import translatable
from app_sf_responsive.languages import Language
from app_sf_responsive.shop_templates import SHOP
from iomconnector.model.baskets import BasketRefusal, BasketRefusedError

_TEXTS: Final[Mapping[BasketRefusal, tuple[str, str]]] = {
    BasketRefusal.NOT_SOLD: (
        translatable("This product is not sold here any more"),
        translatable("Where it is in your cart, take it out to order the others."),
    ),
    BasketRefusal.NO_QUANTITY: (
        translatable("This is no quantity"),
        translatable("Write a whole number of at least 1."),
    ),
    BasketRefusal.TOO_MANY_PIECES: (
        translatable("That is more than can be ordered at once"),
        translatable("At most %(limit)s pieces of a product are possible."),
    ),
    BasketRefusal.TOO_MANY_LINES: (
        translatable("The cart is full"),
        translatable("At most %(limit)s products are possible. Order these first."),
    ),
    BasketRefusal.CHANGED_MEANWHILE: (
        translatable("The cart or a price was changed meanwhile"),
        translatable("Perhaps in another window. You see what is true now; please look at it and try again."),
    ),
    BasketRefusal.BEING_ORDERED: (
        translatable("This cart is being ordered"),
        translatable("Finish the order first; then you have a new cart."),
    ),
}


@dataclass(frozen=True, slots=True)
class Message:
    """What a page says above everything else.

    Arguments:
        title: What is wrong.
        hint: What to do about it.
    """

    title: str
    hint: str


def refusal_message(error: BasketRefusedError, language: Language) -> Message:
    """Why a basket was not changed or ordered, in the language of the reader."""
    title, hint = _TEXTS[error.refusal]
    values = {"limit": language.number(error.limit)} if error.limit else {}
    return Message(SHOP.text(language, title), SHOP.text(language, hint, **values))
