"""The IOM Inventory Service keeps the contracts of its port, over real sockets to the stand-in, in the ways
in which IOM may behave, and under the eyes of the referee."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from starlette.types import ASGIApp, Receive, Scope, Send

from ac_iomconnector_inventory.service import IomInventoryService
from ac_iomconnector_inventory.testing import inventory_at
from dev_iomconnector_iom import FaultKind, FaultRule
from dev_iomconnector_iom.config import DEMO_PASSWORD, InventoryConfig
from dev_iomconnector_iom.control.stock_messages import AdvanceCommand, StockEntry, StockImport
from dev_iomconnector_iom.testing.inventory_referee import InventoryReferee
from dev_iomconnector_iom.testing.moods import MoodyStandIn
from iomconnector.testing.contracts import (
    InventoryScene,
    InventoryServiceContract,
    RemoteInventoryScene,
    RemoteInventoryServiceContract,
)

SHOP = 10020
ATP = f"/servlets/services/atp/{SHOP}/"


class CountQuestions:
    """Counts the requests for what is available that the stand-in handles."""

    def __init__(self, app: ASGIApp, *, counts: list[str]) -> None:
        self._app = app
        self._counts = counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(ATP):
            self._counts.append(scope["path"])
        await self._app(scope, receive, send)


class _Iom(MoodyStandIn):
    """The stand-in as the far side of the contracts."""

    def __init__(self, folder: Path, config: InventoryConfig, record: list[list[str]]) -> None:
        self._asked: list[str] = []
        self._ahead = timedelta(0)
        counting = partial(CountQuestions, counts=self._asked)
        super().__init__(folder, "2.4", [counting, partial(InventoryReferee, record=record)], config)

    async def garble(self) -> None:
        await self.only(FaultRule(kind=FaultKind.TRUNCATED_JSON))

    async def put(self, sku: str, quantity: int) -> None:
        stock = (StockEntry(product=sku, pieces=quantity),)
        (await self.start()).stock.put(SHOP, StockImport(stock=stock))

    async def pass_time(self, seconds: int) -> None:
        self._ahead += timedelta(seconds=seconds)
        (await self.start()).stock.advance(AdvanceCommand(seconds=seconds))

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def questions(self) -> int:
        return len(self._asked)


@asynccontextmanager
async def _running(
    folder: Path, behaviour: dict[str, Any]
) -> AsyncIterator[tuple[IomInventoryService, _Iom]]:
    config = InventoryConfig.model_validate(behaviour)
    record: list[list[str]] = []
    iom = _Iom(folder, config, record)
    await iom.start()
    try:
        service = inventory_at(
            iom.url,
            shop_id=SHOP,
            user="webservice_shop",
            password=DEMO_PASSWORD.get_secret_value(),
            read_timeout=5,
            lifetime_unit=config.lifetime_unit,
            time_zone=config.time_zone,
        )
        async with aclosing(service):
            yield service, iom
    finally:
        await iom.go_down()
    assert [complaint for each in record for complaint in each] == []


class _Inventory(InventoryServiceContract):
    behaviour: ClassVar[dict[str, Any]]

    @asynccontextmanager
    async def scene(self) -> AsyncIterator[InventoryScene]:
        async with _running(self.folder, self.behaviour) as (service, iom):
            yield InventoryScene(service, iom)


class _RemoteInventory(RemoteInventoryServiceContract):
    behaviour: ClassVar[dict[str, Any]]

    @asynccontextmanager
    async def scene(self) -> AsyncIterator[RemoteInventoryScene]:
        async with _running(self.folder, self.behaviour) as (service, iom):
            yield RemoteInventoryScene(service, iom)


class TestInventoryAsTheTextSays(_Inventory):
    behaviour: ClassVar = {}


class TestInventoryAsTheDocumentSays(_Inventory):
    behaviour: ClassVar = {
        "created": 200,
        "unknown_products": "error",
        "lifetime_unit": "minutes",
        "time_zone": "Europe/Berlin",
    }


class TestRemoteInventoryAsTheTextSays(_RemoteInventory):
    behaviour: ClassVar = {}


class TestRemoteInventoryAsTheDocumentSays(_RemoteInventory):
    behaviour: ClassVar = {"created": 200, "lifetime_unit": "minutes", "time_zone": "America/New_York"}
