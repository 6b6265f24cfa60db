"""A product that IOM does not take keeps nobody else from an answer, over real sockets to the stand-in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ac_iomconnector_inventory.iom_inventory import MOST_TRIES
from ac_iomconnector_inventory.service import IomInventoryService
from ac_iomconnector_inventory.testing import inventory_at
from dev_iomconnector_iom.config import DEMO_PASSWORD
from dev_iomconnector_iom.control.stock_messages import StockEntry, StockImport
from dev_iomconnector_iom.testing.moods import MoodyStandIn
from iomconnector.ports.inventory_service import InventoryUnavailableError

SHOP = 10020
SKUS = [f"P{number:03}" for number in range(80)]


class Picky:
    """Refuses every question about a product that begins so, or with a reservation."""

    def __init__(self, app: ASGIApp, *, asked: list[str], odd: str) -> None:
        self._app = app
        self._asked = asked
        self._odd = odd

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and "/atp/" in scope["path"]:
            self._asked.append(scope["path"])
            products = scope["path"].rpartition("/")[2].split(",")
            if scope["query_string"] or any(each.startswith(self._odd) for each in products):
                await JSONResponse({"statusCode": 400, "errors": [{"message": "No."}]}, 400)(
                    scope, receive, send
                )
                return
        await self._app(scope, receive, send)


@asynccontextmanager
async def running(folder: Path, odd: str) -> AsyncIterator[tuple[IomInventoryService, list[str]]]:
    asked: list[str] = []
    iom = MoodyStandIn(folder, "2.4", [partial(Picky, asked=asked, odd=odd)])
    stock = tuple(StockEntry(product=sku, pieces=1) for sku in SKUS)
    (await iom.start()).stock.put(SHOP, StockImport(stock=stock))
    password = DEMO_PASSWORD.get_secret_value()
    try:
        async with aclosing(
            inventory_at(iom.url, shop_id=SHOP, user="webservice_shop", password=password)
        ) as service:
            yield service, asked
    finally:
        await iom.go_down()


def test_one_odd_product_among_many_is_found_and_left_out(tmp_path: Path) -> None:
    async def main() -> None:
        async with running(tmp_path, "ODD") as (service, asked):
            for place in (0, 33, 80):
                asked.clear()
                found = await service.availability([*SKUS[:place], "ODD", *SKUS[place:]])
                assert sorted(found) == SKUS
                assert len(asked) <= 2 + MOST_TRIES
            assert dict(await service.availability(["ODD"])) == {}

    asyncio.run(main())


def test_many_odd_products_cost_no_more_than_so_many_requests(tmp_path: Path) -> None:
    async def main() -> None:
        async with running(tmp_path, "ODD") as (service, asked):
            mixed = [each for number, sku in enumerate(SKUS[:50]) for each in (sku, f"ODD{number}")]
            found = await service.availability(mixed)
            assert set(found) <= set(SKUS)
            assert len(asked) == 2 + MOST_TRIES

    asyncio.run(main())


def test_an_iom_that_refuses_everything_fails(tmp_path: Path) -> None:
    async def main() -> None:
        async with running(tmp_path, "") as (service, asked):
            with pytest.raises(InventoryUnavailableError):
                await service.availability(SKUS)
            assert len(asked) == 2

    asyncio.run(main())


def test_a_reservation_that_iom_does_not_take_has_no_pieces(tmp_path: Path) -> None:
    async def main() -> None:
        async with running(tmp_path, "ODD") as (service, _):
            assert sorted(await service.availability(SKUS, "4711")) == SKUS

    asyncio.run(main())
