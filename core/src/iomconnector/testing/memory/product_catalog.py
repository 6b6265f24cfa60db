"""A catalogue in memory."""

from collections.abc import Iterable, Mapping, Sequence

from iomconnector.model.products import CatalogProduct
from iomconnector.ports.product_catalog import ProductPage, ProductQuery


class MemoryProductCatalog:
    """Implements :class:`~iomconnector.ports.product_catalog.ProductCatalog` in memory."""

    def __init__(self) -> None:
        self._products: dict[str, dict[str, CatalogProduct]] = {}

    async def put(self, channel: str, products: Iterable[CatalogProduct]) -> None:
        """Sell products in a channel; those of the same SKU are replaced."""
        self._products.setdefault(channel, {}).update((each.sku, each) for each in products)

    def remove(self, channel: str, sku: str) -> None:
        """Sell a product no more."""
        self._products.get(channel, {}).pop(sku, None)

    async def products(self, channel: str, skus: Sequence[str]) -> Mapping[str, CatalogProduct]:
        """Products by SKU."""
        sold = self._products.get(channel, {})
        return {sku: sold[sku] for sku in skus if sku in sold}

    async def search(self, channel: str, query: ProductQuery) -> ProductPage:
        """A page of products."""
        sold = self._products.get(channel, {})
        wanted = query.text.strip().casefold()
        found = [sold[sku] for sku in sorted(sold) if _fits(sold[sku], wanted)]
        return ProductPage(found[query.offset : query.offset + query.limit], len(found))


def _fits(product: CatalogProduct, wanted: str) -> bool:
    return any(wanted in text.casefold() for text in (product.sku, *product.names.values()))
