"""Reading the products of the shop."""

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select

from bc_catalog.product_rows import batches, possible, product_of
from bc_catalog.tables import catalog_products
from iomconnector.model.products import CatalogProduct
from iomconnector.ports.product_catalog import LONGEST_PAGE, ProductPage, ProductQuery
from iomconnector.storage.database import Database
from iomconnector.storage.text_search import has_text

_products = catalog_products.c


class Catalog:
    """Implements :class:`~iomconnector.ports.product_catalog.ProductCatalog` on the table of products.

    Arguments:
        database: The shop's database.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def products(self, channel: str, skus: Sequence[str]) -> Mapping[str, CatalogProduct]:
        """Products of a channel, by SKU; those that it does not sell are left out.

        Raises:
            StorageError: The database cannot be read.
        """
        found: dict[str, CatalogProduct] = {}
        wanted = possible(skus)
        if not wanted:
            return found
        async with self._database.reading() as connection:
            for batch in batches(wanted):
                query = select(catalog_products).where(_products.channel == channel, _products.sku.in_(batch))
                found.update((row.sku, product_of(row)) for row in await connection.execute(query))
        return found

    async def search(self, channel: str, query: ProductQuery) -> ProductPage:
        """A page of the products of a channel, in the order of their SKUs.

        Raises:
            StorageError: The database cannot be read.
        """
        text = query.text.strip().casefold()
        if not text.isprintable():
            return ProductPage((), 0)
        conditions = [_products.channel == channel]
        if text:
            conditions.append(has_text(_products.found_by, text))
        page = (
            select(catalog_products)
            .where(*conditions)
            .order_by(_products.sku)
            .offset(query.offset)
            .limit(min(query.limit, LONGEST_PAGE))
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(page)).all()
            if rows and query.offset == 0 and len(rows) < query.limit:
                total = len(rows)
            else:
                counting = select(func.count()).select_from(catalog_products).where(*conditions)
                total = (await connection.execute(counting)).scalar_one()
        return ProductPage([product_of(row) for row in rows], total)
