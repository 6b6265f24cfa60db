"""The catalogue of a shop that sells nothing, because no cartridge brings products."""

from collections.abc import Mapping, Sequence

from iomconnector.model.products import CatalogProduct
from iomconnector.ports.product_catalog import ProductPage, ProductQuery


class EmptyCatalog:
    """Implements :class:`~iomconnector.ports.product_catalog.ProductCatalog` without any product."""

    async def products(self, channel: str, skus: Sequence[str]) -> Mapping[str, CatalogProduct]:
        """None."""
        return {}

    async def search(self, channel: str, query: ProductQuery) -> ProductPage:
        """None."""
        return ProductPage((), 0)
