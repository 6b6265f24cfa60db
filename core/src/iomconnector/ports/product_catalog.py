"""What a shop sells, and finding something among it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from iomconnector.model.products import CatalogProduct

LONGEST_PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class ProductQuery:
    """Which products are looked for.

    Arguments:
        text: A part of the SKU or of a name in any language, in small or capital letters; all where empty.
        offset: So many products are left out, 0 or more.
        limit: How many at most, from 1 to :data:`LONGEST_PAGE`.
    """

    text: str = ""
    offset: int = 0
    limit: int = 24


@dataclass(frozen=True, slots=True)
class ProductPage:
    """Some of the products that were found.

    Arguments:
        products: By their SKU.
        total: How many were found in all.
    """

    products: Sequence[CatalogProduct]
    total: int


class ProductCatalog(Protocol):
    """Tells what can be bought in channels, and for how much. Whether there is any of it tells
    :class:`~iomconnector.ports.inventory_service.InventoryService`."""

    async def products(self, channel: str, skus: Sequence[str]) -> Mapping[str, CatalogProduct]:
        """Products of a channel, by SKU; those that it does not sell are left out.

        Raises:
            StorageError: The catalogue cannot be read.
        """
        ...

    async def search(self, channel: str, query: ProductQuery) -> ProductPage:
        """A page of the products of a channel, in the order of their SKUs; none where it sells none.

        Raises:
            StorageError: The catalogue cannot be read.
        """
        ...
