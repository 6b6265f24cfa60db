"""What shoppers read on the page of a product while IOM answers, and while it fails, over real sockets."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from app_sf_rest.testing.rest_shop import RestShop, rest_shop
from dev_iomconnector_iom import FaultKind, FaultRule
from dev_iomconnector_iom.control.stock_messages import StockEntry, StockImport
from dev_iomconnector_iom.testing.moods import MoodyStandIn
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.samples import CHANNEL

SHOP, SERVICE = 10010, "iom-inventory-intronics"
HEADSET, CABLE = "896737", "10001"
Mood = Callable[[MoodyStandIn], Awaitable[None]]


@asynccontextmanager
async def _shop(folder: Path, **settings: Any) -> AsyncIterator[tuple[RestShop, MoodyStandIn]]:
    """A shop whose IOM has three headsets and no cable; on its own shelves there are plenty of both."""
    iom = MoodyStandIn(folder, "2.4")
    desk = await iom.start()
    stock = (StockEntry(product=HEADSET, pieces=3), StockEntry(product=CABLE, pieces=0))
    desk.stock.put(SHOP, StockImport(stock=stock))
    try:
        async with rest_shop(folder / "shop", iom.url) as shop:
            values = {"availability_cache": 0, "page_budget": 0.5, "read_timeout": 2, **settings}
            await shop.system.services.change(SERVICE, values=values, by="test")
            yield shop, iom
    finally:
        await iom.go_down()


async def _page(shop: RestShop, sku: str, language: str = "en") -> str:
    answer = await shop.client.get(
        f"/shop/{CHANNEL}/products/{sku}", headers={"accept-language": language, "accept": "text/html"}
    )
    assert answer.status_code == 200, answer.text
    return " ".join(unescape(answer.text).split())


@in_event_loop
async def test_while_iom_answers_it_says_what_can_be_bought(tmp_path: Path) -> None:
    async with _shop(tmp_path) as (shop, _):
        headset, cable = await _page(shop, HEADSET), await _page(shop, CABLE)
        assert "Only 3 left" in headset
        assert "Sign in to buy" in headset
        assert "Not available" in cable
        assert "Sign in to buy" not in cable
        for page in (headset, cable):
            assert "cannot be asked" not in page
        assert "Nur noch 3" in await _page(shop, HEADSET, "de")


async def _refuses(iom: MoodyStandIn) -> None:
    await iom.go_down()


def _only(kind: FaultKind, **more: Any) -> Mood:
    return partial(MoodyStandIn.only, rule=FaultRule(kind=kind, **more))


MOODS: dict[str, Mood] = {
    "refuses connections": _refuses,
    "hangs": _only(FaultKind.HANG),
    "answers 500": MoodyStandIn.fail,
    "answers garbage": _only(FaultKind.TRUNCATED_JSON),
    "answers a page": _only(FaultKind.WRONG_CONTENT_TYPE),
    "does not know the user": _only(FaultKind.STATUS, status=401),
    "refuses the right": MoodyStandIn.forbid,
    "is throttled": partial(MoodyStandIn.throttle, seconds=60),
}


@pytest.mark.parametrize("mood", MOODS)
@in_event_loop
async def test_while_it_fails_the_shop_s_own_stock_is_shown_and_the_page_says_so(
    tmp_path: Path, mood: str
) -> None:
    async with _shop(tmp_path) as (shop, iom):
        await MOODS[mood](iom)
        page = await _page(shop, CABLE)
        assert "In stock" in page
        assert "Stock as the shop knows it" in page
        assert "The warehouse cannot be asked at the moment." in page
        assert "Sign in to buy" in page
        for secret in ("127.0.0.1", "webservice", "servlets", "IOM answered"):
            assert secret not in page, secret
        await iom.accept()


@in_event_loop
async def test_without_a_stock_of_its_own_it_says_that_it_does_not_know_and_sells_all_the_same(
    tmp_path: Path,
) -> None:
    async with _shop(tmp_path, check_on_failure=False) as (shop, iom):
        await iom.fail()
        page = await _page(shop, HEADSET)
        assert "Availability not known" in page
        assert "You can order all the same" in page
        assert "Sign in to buy" in page
        assert "Not available" not in page
        await iom.accept()
        assert "Only 3 left" in await _page(shop, HEADSET)
