"""After preparing the database exactly one inventory service is active in each sample channel."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TypeVar

import pytest

from demo_iomconnector.services import SHOPS
from init_inspired.contexts import CONSUMER_CHANNEL
from iomconnector.application import Application
from iomconnector.cartridges.loading import load_cartridges
from iomconnector.container import Container, running
from iomconnector.ports.inventory_service import InventoryService
from iomconnector.preparation import prepare_database
from iomconnector.settings import Settings

T = TypeVar("T")

ORGANIZATION = "inSPIRED"
LOCAL = ("init_inspired", "bc_inventory")
CONNECTED = (
    *LOCAL,
    "ac_iomconnector_common",
    "ac_iomconnector_rest_common",
    "ac_iomconnector_orderexport",
    "ac_iomconnector_inventory",
    "demo_iomconnector",
)
IOM = {shop.channel: {shop.inventory} for shop in SHOPS}


def _with_prepared(
    directory: Path, work: Callable[[Application], Awaitable[T]], cartridges: tuple[str, ...] = CONNECTED
) -> T:
    container = Container(settings=Settings(data_directory=directory), cartridges=load_cartridges(cartridges))

    async def main() -> T:
        async with running(container) as application:
            await prepare_database(application)
            return await work(application)

    return asyncio.run(main())


async def _active(application: Application) -> Mapping[str, set[str]]:
    found = {}
    for shop in SHOPS:
        await application.resolver.resolve(InventoryService, shop.channel)
        found[shop.channel] = {
            row.configuration.id
            for row in await application.services.overview(shop.channel)
            if row.definition is not None
            and row.definition.port is InventoryService
            and row.status.operational
        }
    return found


def _adding(
    service: str, definition: str, context: str, **values: object
) -> Callable[[Application], Awaitable[None]]:
    async def add(application: Application) -> None:
        await application.services.add(
            service, definition=definition, context=context, values=values, by="anna"
        )

    return add


def test_each_channel_has_the_one_of_iom(tmp_path: Path) -> None:
    assert _with_prepared(tmp_path, _active) == IOM


@pytest.mark.parametrize("context", [ORGANIZATION, CONSUMER_CHANNEL])
def test_the_shop_s_own_stock_makes_way_where_a_shop_becomes_a_connected_one(
    context: str, tmp_path: Path
) -> None:
    _with_prepared(tmp_path, _adding("simple-inventory", "simple-inventory", context), LOCAL)
    assert _with_prepared(tmp_path, _active) == IOM


def test_an_inventory_service_that_somebody_chose_stays(tmp_path: Path) -> None:
    without = tuple(name for name in CONNECTED if name != "demo_iomconnector")
    chosen = _adding(
        "our-stock",
        "iom-inventory",
        CONSUMER_CHANNEL,
        base_url="https://iom.example.com",
        shop_id=1,
        user="shop",
        password="a secret",
    )
    _with_prepared(tmp_path, chosen, without)
    assert _with_prepared(tmp_path, _active) == {**IOM, CONSUMER_CHANNEL: {"our-stock"}}


def test_what_an_administrator_switched_back_stays(tmp_path: Path) -> None:
    async def back(application: Application) -> None:
        await application.services.add(
            "stock",
            definition="simple-inventory",
            context=CONSUMER_CHANNEL,
            values={},
            by="anna",
            replace=True,
        )

    _with_prepared(tmp_path, back)
    assert _with_prepared(tmp_path, _active) == {**IOM, CONSUMER_CHANNEL: {"stock"}}
