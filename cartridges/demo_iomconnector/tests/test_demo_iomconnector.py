"""The sample services are added once, with sealed passwords, and stay as an administrator changed them."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from demo_iomconnector.services import DEMO_PASSWORD, SHOPS
from iomconnector.application import Application
from iomconnector.cartridges.loading import load_cartridges
from iomconnector.container import Container, running
from iomconnector.ports.order_export_service import OrderExportService
from iomconnector.preparation import prepare_database
from iomconnector.settings import Settings

T = TypeVar("T")

CARTRIDGES = (
    "ac_iomconnector_common",
    "ac_iomconnector_rest_common",
    "ac_iomconnector_orderexport",
    "init_inspired",
    "demo_iomconnector",
)


def _with_prepared(directory: Path, work: Callable[[Application], Awaitable[T]]) -> T:
    container = Container(settings=Settings(data_directory=directory), cartridges=load_cartridges(CARTRIDGES))

    async def main() -> T:
        async with running(container) as application:
            await prepare_database(application)
            return await work(application)

    return asyncio.run(main())


def test_each_channel_has_one_operational_export_service(tmp_path: Path) -> None:
    async def resolve(application: Application) -> list[object]:
        return [await application.resolver.resolve(OrderExportService, shop.channel) for shop in SHOPS]

    first, second = _with_prepared(tmp_path, resolve)
    assert first is not second


def test_the_password_is_nowhere_in_the_database_file(tmp_path: Path) -> None:
    async def nothing(_: Application) -> None:
        return None

    _with_prepared(tmp_path, nothing)
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("shop.sqlite*"))
    assert b"webservice_shop" in stored
    assert DEMO_PASSWORD.encode() not in stored


def test_what_an_administrator_changed_stays(tmp_path: Path) -> None:
    async def change(application: Application) -> None:
        await application.services.change(SHOPS[0].service, values={"shop_id": 4711}, active=False, by="anna")

    async def read(application: Application) -> tuple[object, bool]:
        found = await application.services.get(SHOPS[0].service)
        return found.values["shop_id"], found.active

    _with_prepared(tmp_path, change)
    assert _with_prepared(tmp_path, read) == (4711, False)
