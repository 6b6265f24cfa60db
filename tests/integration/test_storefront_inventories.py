"""What clients of the storefront REST application are told of stock: over a real IOM stand-in, when it fails,
and when they ask for nonsense."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from openapi_schema_validator import OAS31Validator, validate
from sqlalchemy import text

from app_sf_rest.resources.inventories import INVENTORY_TYPE, LONGEST_SKU, MOST_PRODUCTS
from app_sf_rest.testing.rest_shop import BUSINESS_SITE, REST, RestShop, rest_shop
from bc_inventory.stock_changes import StockChange, StockChanges
from dev_iomconnector_iom import FaultKind, FaultRule
from dev_iomconnector_iom.control.stock_messages import StockEntry, StockImport
from dev_iomconnector_iom.testing.inventory_referee import InventoryReferee
from dev_iomconnector_iom.testing.moods import MoodyStandIn
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.samples import CHANNEL

SHOP, SERVICE = 10010, "iom-inventory-intronics"
DETROIT = "inTRONICS Detroit Warehouse"
TEXAS = "inTRONICS Texas Warehouse"


@asynccontextmanager
async def _shop(directory: Path, **settings: Any) -> AsyncIterator[tuple[RestShop, MoodyStandIn]]:
    """A shop whose IOM has A in two places and none of B; the shop's own stock has other numbers of A."""
    record: list[list[str]] = []
    iom = MoodyStandIn(directory, "2.4", [partial(InventoryReferee, record=record)])
    desk = await iom.start()
    stock = (
        StockEntry(product="A", pieces=10),
        StockEntry(product="A", pieces=5, location=DETROIT),
        StockEntry(product="B", pieces=0),
        StockEntry(product="Ä/1 &?", pieces=3),
    )
    desk.stock.put(SHOP, StockImport(stock=stock))
    try:
        async with rest_shop(directory / "shop", iom.url) as shop:
            await _own_stock(shop, A=7)
            values = {"read_timeout": 2, "connect_timeout": 2, **settings}
            await shop.system.services.change(SERVICE, values=values, by="test")
            yield shop, iom
    finally:
        await iom.go_down()
    assert [complaint for each in record for complaint in each] == []


async def _own_stock(shop: RestShop, **pieces: int) -> None:
    await StockChanges(shop.system.database, shop.system.clock).apply(
        CHANNEL,
        [StockChange(sku, on_hand=quantity) for sku, quantity in pieces.items()],
        action="stock.adjusted",
        by="test",
        reason="test",
    )


def _judge(shop: RestShop, answer: httpx.Response) -> Any:
    """The answer, after the interface's own description has looked at it."""
    document = shop.web.openapi()
    described = document["paths"][f"{REST}/{{site}}/{{application}}/inventories"]["get"]["responses"]
    schema = described[str(answer.status_code)]["content"]["application/json"]["schema"]
    content = answer.json()
    validate(content, {**schema, "components": document["components"]}, cls=OAS31Validator)
    return content


async def _ask(shop: RestShop, *skus: str, **options: Any) -> Any:
    answer = await shop.get(
        "inventories?" + "&".join(f"sku={quote(sku, safe='')}" for sku in skus), **options
    )
    assert answer.status_code == 200, answer.text
    return _judge(shop, answer)


@in_event_loop
async def test_a_client_gets_what_it_reads_without_a_token(tmp_path: Path) -> None:
    async with _shop(tmp_path) as (shop, iom):
        answer = await shop.get(
            "inventories?sku=B&sku=A&sku=absent&sku=A",
            site="inSPIRED-inTRONICS-Site/-;loc=de_DE;cur=EUR",
            headers={"accept": INVENTORY_TYPE, "content-type": "application/json"},
        )
        assert (answer.status_code, answer.headers["content-type"]) == (200, INVENTORY_TYPE)
        content = _judge(shop, answer)
        sold_out, there = content["data"]
        assert (sold_out["sku"], sold_out["inStock"], sold_out["availableStock"]) == ("B", False, 0)
        assert (there["sku"], there["inStock"], there["availableStock"]) == ("A", True, 15)
        assert there["supplierStock"] == [
            {"id": TEXAS, "displayName": TEXAS, "inStock": True, "availableStock": 10},
            {"id": DETROIT, "displayName": DETROIT, "inStock": True, "availableStock": 5},
        ]
        assert there["stockSource"]["name"] == "inventory service"
        assert [(each["sku"], each["reason"]) for each in content["infos"]] == [("absent", "not there")]
        asked = (await iom.start()).statistics().requests
        assert asked == 1
        assert (await _ask(shop, "A", "B"))["data"] == [there, sold_out]
        assert (await iom.start()).statistics().requests == asked


async def _refuses(iom: MoodyStandIn) -> None:
    await iom.go_down()


async def _wants_another_user(iom: MoodyStandIn) -> None:
    await iom.only(FaultRule(kind=FaultKind.STATUS, status=401))


def _only(kind: FaultKind) -> Callable[[MoodyStandIn], Awaitable[None]]:
    return partial(MoodyStandIn.only, rule=FaultRule(kind=kind))


FAILURES: dict[str, tuple[Callable[[MoodyStandIn], Awaitable[None]], str]] = {
    "refuses connections": (_refuses, "unavailable"),
    "hangs": (_only(FaultKind.HANG), "too slow"),
    "answers 500": (MoodyStandIn.fail, "unavailable"),
    "answers half a document": (_only(FaultKind.TRUNCATED_JSON), "unavailable"),
    "answers another document": (_only(FaultKind.WRONG_JSON), "unavailable"),
    "answers a page": (_only(FaultKind.WRONG_CONTENT_TYPE), "unavailable"),
    "breaks connections": (_only(FaultKind.RESET), "unavailable"),
    "does not know the user": (_wants_another_user, "unavailable"),
    "refuses the right": (MoodyStandIn.forbid, "unavailable"),
    "is throttled": (partial(MoodyStandIn.throttle, seconds=60), "unavailable"),
}


@pytest.mark.parametrize("failure", FAILURES)
@in_event_loop
async def test_when_iom_fails_the_shop_s_own_stock_answers_or_nobody(tmp_path: Path, failure: str) -> None:
    mood, reason = FAILURES[failure]
    async with _shop(tmp_path, availability_cache=0, page_budget=0.5) as (shop, iom):
        await mood(iom)
        content = await _ask(shop, "A", "B")
        [own] = content["data"]
        assert (own["sku"], own["inStock"], own["availableStock"]) == ("A", True, 7)
        assert (own["stockSource"]["name"], own["stockSource"]["reason"]) == ("local stock", reason)
        assert [(each["sku"], each["reason"]) for each in content["infos"]] == [("B", reason)]
        assert "127.0.0.1" not in str(content)
        await iom.accept()


@in_event_loop
async def test_after_some_failures_nobody_waits_until_iom_is_back(tmp_path: Path) -> None:
    async with _shop(tmp_path, availability_cache=0, circuit_pause=0.2, circuit_longest_pause=0.2) as (
        shop,
        iom,
    ):
        await iom.fail()
        reasons = [(await _ask(shop, "A"))["data"][0]["stockSource"]["reason"] for _ in range(4)]
        assert reasons == ["unavailable"] * 3 + ["circuit open"]
        asked = (await iom.start()).statistics().requests
        await _ask(shop, "A")
        assert (await iom.start()).statistics().requests <= asked + 1
        await iom.accept()
        for _ in range(100):
            content = await _ask(shop, "A")
            if content["data"][0]["stockSource"]["name"] == "inventory service":
                break
        assert content["data"][0]["availableStock"] == 15


@in_event_loop
async def test_where_two_services_are_active_nobody_answers(tmp_path: Path) -> None:
    async with _shop(tmp_path) as (shop, _):

        async def behind_the_back(connection: Any) -> None:
            await connection.execute(text("UPDATE service_configurations SET active = true"))

        await shop.system.services.add(
            "stock", definition="simple-inventory", context=CHANNEL, values={}, active=False, by="test"
        )
        await shop.system.database.write(behind_the_back)
        content = await _ask(shop, "A")
        assert content["data"] == []
        assert [each["reason"] for each in content["infos"]] == ["service inactive"]


WRONG = {
    "no product": "inventories",
    "an empty product": "inventories?sku=",
    "a product that is too long": f"inventories?sku={'x' * (LONGEST_SKU + 1)}",
    "too many products": "inventories?" + "&".join(f"sku={number}" for number in range(MOST_PRODUCTS + 1)),
    "a misspelt parameter": "inventories?skus=A",
}


@pytest.mark.parametrize("wrong", WRONG)
@in_event_loop
async def test_what_is_wrong_with_a_request_is_said(tmp_path: Path, wrong: str) -> None:
    async with _shop(tmp_path) as (shop, iom):
        answer = await shop.get(WRONG[wrong])
        assert answer.status_code == 400
        assert answer.headers["error-key"] == "request.invalid"
        content = _judge(shop, answer)
        assert "sku" in content["message"]
        assert len(answer.content) < 1000
        assert (await iom.start()).statistics().requests == 0


@in_event_loop
async def test_odd_products_are_not_known_and_ask_for_nothing_else(tmp_path: Path) -> None:
    odd = ["A,B", "../A", "A?resvId=1", "x" * LONGEST_SKU, "A\0", "%", " ", "A;B", "Ä/1 &?", "💶"]
    async with _shop(tmp_path) as (shop, _):
        content = await _ask(shop, *odd, "A")
        assert [each["sku"] for each in content["data"]] == ["A"]
        assert [each["sku"] for each in content["infos"]] == odd
        assert {each["reason"] for each in content["infos"]} == {"not there"}


@in_event_loop
async def test_another_site_has_its_own_stock_and_an_unknown_one_none(tmp_path: Path) -> None:
    async with _shop(tmp_path) as (shop, _):
        assert (await _ask(shop, "A", site=BUSINESS_SITE))["data"] == []
        answer = await shop.get("inventories?sku=A", site="Elsewhere-Site")
        assert answer.status_code == 404
        _judge(shop, answer)
