"""What the shop is told of what IOM's suppliers have."""

from collections.abc import Sequence
from typing import Final

from ac_iomconnector_inventory.configuration import LocationRule
from ac_iomconnector_inventory.reading import AtpEntry
from iomconnector.model.availability import LocationStock, ProductStock

MOST_PIECES: Final = 2**31 - 1


def stock_of(product: str, entries: Sequence[AtpEntry], rule: LocationRule) -> ProductStock:
    """The stock of a product.

    Arguments:
        product: The product.
        entries: What its suppliers have, at least one.
        rule: What counts where several have it.
    """
    pieces = min(rule.of(entry.pieces for entry in entries), MOST_PIECES)
    return ProductStock(
        sku=product,
        available=pieces > 0,
        quantity=pieces,
        locations=tuple(
            LocationStock(location=_printable(entry.location), quantity=min(entry.pieces, MOST_PIECES))
            for entry in entries
        ),
    )


def _printable(text: str) -> str:
    return text if text.isprintable() else "".join(character for character in text if character.isprintable())
