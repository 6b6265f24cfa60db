"""A storefront that sells something, with an inventory whose mood a test chooses."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel

from app_sf_responsive.testing.stage import Stage, open_stage
from iomconnector.hooks import hookimpl
from iomconnector.model.availability import ProductStock
from iomconnector.model.endpoints import Endpoint, EndpointRule
from iomconnector.model.products import CatalogProduct
from iomconnector.ports.basket_repository import BasketRepository
from iomconnector.ports.inventory_service import InventoryRules, InventoryService
from iomconnector.ports.local_stock import LocalStock
from iomconnector.ports.product_catalog import ProductCatalog
from iomconnector.services.definition import AdapterContext, ServiceDefinition
from iomconnector.testing.memory import (
    ManualClock,
    MemoryBasketRepository,
    MemoryInventory,
    MemoryInventoryService,
    MemoryProductCatalog,
)
from iomconnector.testing.samples import CHANNEL, ORGANIZATION, OTHER_CHANNEL, sample_product

PRODUCTS: Final = (
    sample_product("MUG", names={"en": "Blue mug", "de": "Blaue Tasse"}),
    sample_product("TEA/1 ü", names={"en": "Green tea", "de": "Grüner Tee"}, tax_rate="7", unit="pack"),
    sample_product("POT", names={"en": "Teapot"}, net={"amount": "33.33", "currency": "EUR"}),
)
PIECES: Final = {"MUG": 20, "TEA/1 ü": 3, "POT": 0}
BUSINESS_PRODUCTS: Final = (sample_product("DESK", names={"en": "Desk"}),)


class _Settings(BaseModel):
    """None."""


class Selling:
    """A cartridge with products, and an inventory service that is not far away.

    Arguments:
        rules: What the configuration of the service says.
    """

    def __init__(self, rules: InventoryRules | None = None) -> None:
        self.rules = rules or InventoryRules(keep=timedelta(0), budget=timedelta(seconds=20))
        self.catalog = MemoryProductCatalog()
        self.inventory = MemoryInventory(ManualClock(datetime.now(UTC)))
        self.baskets = MemoryBasketRepository()
        self.local: dict[str, int] = {}

    @hookimpl
    def iomconnector_product_catalogs(self) -> Sequence[ProductCatalog]:
        """The products."""
        return [self.catalog]

    @hookimpl
    def iomconnector_basket_repositories(self) -> Sequence[BasketRepository]:
        """The baskets."""
        return [self.baskets]

    @hookimpl
    def iomconnector_service_definitions(self) -> Sequence[ServiceDefinition[Any]]:
        """The inventory service."""
        return [
            ServiceDefinition(
                "test-inventory", "Test Inventory", "Inventory", InventoryService, _Settings, self._adapter
            )
        ]

    @hookimpl
    def iomconnector_local_stocks(self) -> Sequence[LocalStock]:
        """What the shop itself knows."""
        return [self]

    async def stock(self, channel: str, skus: Sequence[str]) -> Mapping[str, ProductStock]:
        """What the shop itself knows of its stock."""
        return {
            sku: ProductStock(sku=sku, available=self.local[sku] > 0, quantity=self.local[sku])
            for sku in skus
            if sku in self.local
        }

    def _adapter(self, settings: _Settings, context: AdapterContext) -> InventoryService:
        return MemoryInventoryService(
            self.inventory, self.rules, Endpoint("test inventory", EndpointRule(open_after=1000))
        )

    async def fill(self, products: Sequence[CatalogProduct] = PRODUCTS) -> None:
        """Put the sample products into the catalogue and on the shelves."""
        await self.catalog.put(CHANNEL, products)
        await self.catalog.put(OTHER_CHANNEL, BUSINESS_PRODUCTS)
        for sku, pieces in PIECES.items():
            await self.inventory.put(sku, pieces)
        await self.inventory.put("DESK", 5)


@asynccontextmanager
async def open_selling_stage(
    directory: Path, selling: Selling, *cartridges: object, active: bool = True
) -> AsyncIterator[Stage]:
    """A storefront that sells, for the time of a block.

    Arguments:
        directory: Where its data go.
        selling: What it sells.
        cartridges: Further cartridges that join in.
        active: Whether its inventory service is active.
    """
    async with open_stage(directory, selling, *cartridges) as stage:
        await selling.fill()
        if active:
            await stage.application.services.add(
                "stock", definition="test-inventory", context=ORGANIZATION, values={}, by="tests"
            )
        yield stage
