"""The shops that are shipped have one inventory service in each channel, and the same stock on both sides."""

from pathlib import Path

import pytest

from demo_inspired.products import CHANNELS
from demo_inspired.stock import PIECES
from dev_iomconnector_iom import StandIn, StandInConfig
from dev_iomconnector_iom.sample_stock import SAMPLE_STOCK, with_sample_stock
from iomconnector.model.availability import AvailabilitySource
from iomconnector.ports.inventory_service import InventoryService
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.systems import prepared_system

QUICK = 32


def test_the_shop_and_the_stand_in_have_the_same_stock() -> None:
    assert {product: sum(pieces) for product, pieces in SAMPLE_STOCK.items()} == PIECES


@pytest.mark.parametrize(
    ("assembly", "service_type"),
    [
        ("inspired-b2x", "simple-inventory"),
        ("inspired-iomconnector", "iom-inventory"),
        ("headless-iomconnector", "iom-inventory"),
    ],
)
@in_event_loop
async def test_one_inventory_service_is_active_in_each_channel_and_tells_the_sample_stock(
    tmp_path: Path, assembly: str, service_type: str
) -> None:
    async with (
        StandIn(with_sample_stock(StandInConfig())) as iom,
        prepared_system(
            assembly,
            tmp_path,
            services={"base_url": iom.url, "page_budget": 30},
            password_memory_kib=QUICK,
            password_passes=1,
        ) as system,
    ):
        assert await system.services.conflicts() == []
        for channel in CHANNELS:
            [active] = [
                row.configuration.definition
                for row in await system.services.overview(channel)
                if row.definition is not None
                and row.definition.port is InventoryService
                and row.status.operational
            ]
            assert active == service_type
            told = await system.availability.of(channel, list(PIECES))
            assert {sku: each.quantity for sku, each in told.items()} == PIECES
            assert {each.source for each in told.values()} == {AvailabilitySource.INVENTORY_SERVICE}
