"""What the sample shop has of its products, and the inventory service that sells it."""

from datetime import timedelta
from typing import Final

from bc_inventory.stock_changes import StockChange, StockChanges
from bc_inventory.stock_levels import StockLevels
from demo_inspired.products import CHANNELS
from init_inspired.contexts import CONSUMER_CHANNEL
from iomconnector.application import Application
from iomconnector.ports.inventory_service import InventoryService

SERVICE_TYPE: Final = "simple-inventory"
PIECES: Final = {
    "896737": 159,
    "7030019": 250,
    "4713147997367": 999,
    "201807171": 3,
    "201807195": 0,
    "9781732102200": 52,
    "10001": 5000,
    "10002": 100_000,
    "201807202": 0,
    "201807218": 64,
    "201807225": 17,
    "201807231": 8,
}
"""Product -> pieces. Two are sold out; of one there are only a few."""

EXPECTED: Final = {"201807195": timedelta(days=14)}
"""How long after the preparation more of a product is expected."""


def service_of(channel: str) -> str:
    """The id of the configuration of the inventory service of a channel."""
    return "stock-intronics" if channel == CONSUMER_CHANNEL else "stock-intronics-business"


async def prepare_stock(application: Application) -> str:
    """Put products on the shelves that are not known there; the others stay as they are."""
    changes = StockChanges(application.database, application.clock)
    levels = StockLevels(application.database, application.clock)
    today = application.clock.now().date()
    told = []
    for channel in CHANNELS:
        known = await levels.stock(channel, list(PIECES))
        missing = [
            StockChange(
                sku=sku, on_hand=pieces, restock_on=today + EXPECTED[sku] if sku in EXPECTED else None
            )
            for sku, pieces in PIECES.items()
            if sku not in known
        ]
        if missing:
            await changes.apply(
                channel,
                missing,
                action="stock.imported",
                by="database preparation",
                reason="sample stock",
            )
            told.append(f"{len(missing)} products in {channel}")
    return ", ".join(told) or "all are there already"


async def prepare_inventory_services(application: Application) -> str:
    """Add the configurations that are missing. Only one inventory service can be active in a channel: where
    another one is, the shop's own is added inactive."""
    present = {configuration.id for configuration in await application.services.all()}
    told = []
    for channel in CHANNELS:
        service = service_of(channel)
        if service in present:
            continue
        others = await active_services(application, channel)
        await application.services.add(
            service,
            definition=SERVICE_TYPE,
            context=channel,
            values={},
            active=not others,
            by="database preparation",
        )
        told.append(f"{service} (inactive, {', '.join(others)} is active)" if others else service)
    return ", ".join(told) or "all are there already"


async def active_services(application: Application, channel: str) -> list[str]:
    """The configurations of inventory services that are operational in a channel."""
    return [
        row.configuration.id
        for row in await application.services.overview(channel)
        if row.definition is not None and row.definition.port is InventoryService and row.status.operational
    ]
