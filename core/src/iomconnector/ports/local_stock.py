"""The shop's own stock, which answers where the inventory service cannot."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from iomconnector.model.availability import ProductStock


class LocalStock(Protocol):
    """Tells what the shop's own database knows of products; whether an inventory service uses it or not."""

    async def stock(self, channel: str, skus: Sequence[str]) -> Mapping[str, ProductStock]:
        """What there is of products in a channel, by SKU; those that are not known are left out.

        Raises:
            StorageError: The database cannot be read.
        """
        ...
