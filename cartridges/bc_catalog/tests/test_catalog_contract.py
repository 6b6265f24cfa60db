"""The catalogue keeps the contract on each database."""

from collections.abc import AsyncIterator, Iterable
from contextlib import aclosing, asynccontextmanager

import pytest

from bc_catalog.catalog import Catalog
from bc_catalog.product_changes import ProductChanges
from bc_catalog.product_rows import batches
from iomconnector.jobs.clock import SystemClock
from iomconnector.model.products import CatalogProduct
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import Database
from iomconnector.storage.preparation import SchemaPreparer
from iomconnector.testing.contracts import CatalogScene, ProductCatalogContract
from iomconnector.testing.samples import CONTEXTS


class TestCatalog(ProductCatalogContract):
    url: str

    @pytest.fixture(autouse=True)
    def _fresh(self, each_database_url: str) -> None:
        self.url = each_database_url

    @asynccontextmanager
    async def scene(self) -> AsyncIterator[CatalogScene]:
        async with aclosing(Database(self.url)) as database:
            await SchemaPreparer("bc_catalog:revisions").schema.upgrade(database)
            for context in CONTEXTS:
                await SqlContextRepository(database).save(context)
            changes = ProductChanges(database, SystemClock())

            async def put(channel: str, products: Iterable[CatalogProduct]) -> None:
                for batch in batches(list(products)):
                    await changes.put(channel, batch, by="test", reason="a test needs it")

            yield CatalogScene(Catalog(database), put)
