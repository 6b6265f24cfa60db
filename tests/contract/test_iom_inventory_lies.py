"""An IOM whose answers about reservations are of others, or leave things out, over real sockets."""

import asyncio
import json
from collections.abc import Callable
from contextlib import aclosing
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ac_iomconnector_inventory.testing import inventory_at
from dev_iomconnector_iom.config import DEMO_PASSWORD
from dev_iomconnector_iom.control.stock_messages import StockEntry, StockImport
from dev_iomconnector_iom.testing.moods import MoodyStandIn
from iomconnector.model.availability import ReservationType
from iomconnector.ports.inventory_service import (
    InventoryUnavailableError,
    ReservationRefusedError,
    ReservationUnclearError,
)

SHOP = 10020
MINUTE = timedelta(minutes=1)
Data = dict[str, Any]


def of_another(data: Data) -> None:
    data["resvId"] += 1


def without_items(data: Data) -> None:
    del data["items"]


class Lying:
    """Changes the data of answers to questions of a method about one reservation."""

    def __init__(self, app: ASGIApp, *, method: str, lie: Callable[[Data], None]) -> None:
        self._app = app
        self._method = method
        self._lie = lie

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != self._method or "/reservation/" not in scope["path"]:
            await self._app(scope, receive, send)
            return
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self._app(scope, receive, keep)
        document = json.loads(b"".join(each.get("body", b"") for each in messages))
        self._lie(document["data"])
        body = json.dumps(document).encode()
        headers = [pair for pair in messages[0]["headers"] if pair[0].lower() != b"content-length"]
        await send(
            {**messages[0], "headers": [*headers, (b"content-length", str(len(body)).encode())]},
        )
        await send({"type": "http.response.body", "body": body})


@pytest.mark.parametrize("lie", [of_another, without_items])
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_it_is_not_known_what_a_reservation_holds_and_not_told_that_it_is_gone(
    method: str, lie: Callable[[Data], None], tmp_path: Path
) -> None:
    async def main() -> None:
        iom = MoodyStandIn(tmp_path, "2.4", [partial(Lying, method=method, lie=lie)])
        desk = await iom.start()
        desk.stock.put(SHOP, StockImport(stock=(StockEntry(product="A", pieces=5),)))
        access: Data = {"user": "webservice_shop", "password": DEMO_PASSWORD.get_secret_value()}
        try:
            async with aclosing(inventory_at(iom.url, shop_id=SHOP, **access)) as service:
                held = await service.reserve(
                    {"A": 2}, kind=ReservationType.COMPLETE, lifetime=MINUTE, key="basket"
                )
                with pytest.raises(InventoryUnavailableError) as raised:
                    await service.extend(held.id, MINUTE)
                assert isinstance(raised.value, ReservationUnclearError) == (method == "PUT")
                if method == "GET":
                    with pytest.raises(InventoryUnavailableError, match="reservation"):
                        await service.reservation(held.id)
        finally:
            await iom.go_down()

    asyncio.run(main())


def test_less_than_all_is_refused_and_removed_though_iom_says_that_it_was_made(tmp_path: Path) -> None:
    def of_one_piece(data: Data) -> None:
        data["items"][0]["qty"] = 1

    async def main() -> None:
        iom = MoodyStandIn(tmp_path, "2.4", [partial(Lying, method="POST", lie=of_one_piece)])
        desk = await iom.start()
        desk.stock.put(SHOP, StockImport(stock=(StockEntry(product="A", pieces=5),)))
        access: Data = {"user": "webservice_shop", "password": DEMO_PASSWORD.get_secret_value()}
        try:
            async with aclosing(inventory_at(iom.url, shop_id=SHOP, **access)) as service:
                with pytest.raises(ReservationRefusedError) as refused:
                    await service.reserve(
                        {"A": 2}, kind=ReservationType.COMPLETE, lifetime=MINUTE, key="basket"
                    )
                assert refused.value.short == {"A": 1}
                assert desk.stock.reservations(SHOP) == []
                partly = await service.reserve(
                    {"A": 2}, kind=ReservationType.PARTLY, lifetime=MINUTE, key="basket"
                )
                assert dict(partly.pieces) == {"A": 1}
        finally:
            await iom.go_down()

    asyncio.run(main())
