"""What the shop shows of its products, whoever asks and however the inventory service fares."""

import asyncio
import time
from collections.abc import Sequence
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import structlog
from markupsafe import Markup

from app_sf_responsive.testing.selling import PRODUCTS, Selling, open_selling_stage
from app_sf_responsive.testing.stage import open_stage
from app_sf_responsive.visitor import Customer, Visitor
from iomconnector.cartridges.extensions import Extension
from iomconnector.hooks import hookimpl
from iomconnector.model.availability import Availability
from iomconnector.model.products import CatalogProduct
from iomconnector.ports.inventory_service import InventoryRules
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import Mood
from iomconnector.testing.samples import CHANNEL, OTHER_CHANNEL, sample_product

SHOP = f"/shop/{CHANNEL}"
TEA = f"{SHOP}/products/TEA%2F1%20%C3%BC"
HASTY = InventoryRules(keep=timedelta(0), budget=timedelta(seconds=0.3))
LOCAL = InventoryRules(keep=timedelta(0), budget=timedelta(seconds=0.3), check_locally_on_failure=True)


async def bell(product: CatalogProduct, told: Availability, visitor: Visitor) -> Markup | None:
    known = isinstance(visitor, Customer)
    return Markup("<p class='bell'>Ring for {} {}</p>").format(product.sku, known)


async def nothing(product: CatalogProduct, told: Availability, visitor: Visitor) -> Markup | None:
    return None


async def broken(product: CatalogProduct, told: Availability, visitor: Visitor) -> Markup | None:
    raise ZeroDivisionError


async def bare(product: CatalogProduct, told: Availability, visitor: Visitor) -> Any:
    return "<p>bare</p>"


class Bells:
    """A cartridge that joins in where a product is not available."""

    def __init__(self, *calls: Any) -> None:
        self._calls = calls

    @hookimpl
    def iomconnector_extensions(self) -> Sequence[Extension]:
        return [Extension("ProductDetails.unavailable", each) for each in self._calls]


@in_event_loop
async def test_anybody_sees_what_there_is_in_the_own_language(tmp_path: Path) -> None:
    async with open_selling_stage(tmp_path, Selling()) as stage:
        guest = await stage.guest()
        english = await guest.get(f"{SHOP}/products")
        assert (english.status, english.headers["content-language"]) == (200, "en")
        for text in ("3 products", "Blue mug", "€11.90", "In stock", "Only 3 left", "Not available"):
            assert text in english.text, text
        assert {f"{SHOP}/products/MUG", TEA} <= set(english.links)
        german = await guest.get(f"{SHOP}/products", **{"accept-language": "de"})
        for text in ("Blaue Tasse", "11,90", "Auf Lager", "Nur noch 3 Stück", "Nicht verfügbar", "/ Packung"):
            assert text in german.text, text


@in_event_loop
async def test_one_product_is_shown_whatever_its_number_is(tmp_path: Path) -> None:
    async with open_selling_stage(tmp_path, Selling()) as stage:
        guest = await stage.guest()
        page = await guest.get(TEA)
        assert page.status == 200, page
        assert "Item no. TEA/1 ü" in page.text
        assert "€10.70" in page.text
        assert "including 7% tax, €10.00 without tax" in page.text.replace("\xa0", "")


@pytest.mark.parametrize("sku", ["NONE", "DESK", "%00", "MUG/", "mug", "x" * 500, "%F0%9F%8D%B5", "..%2FMUG"])
@in_event_loop
async def test_what_the_channel_does_not_sell_is_not_there(tmp_path: Path, sku: str) -> None:
    async with open_selling_stage(tmp_path, Selling()) as stage:
        guest = await stage.guest()
        page = await guest.get(f"{SHOP}/products/{sku}")
        assert page.status == 404
        assert "This page does not exist" in page.text
        assert (await guest.get(f"/shop/{OTHER_CHANNEL}/products/DESK")).status == 200
        assert (await guest.get("/shop/no-shop/products")).status == 404


@in_event_loop
async def test_products_are_found_and_come_in_pages(tmp_path: Path) -> None:
    selling = Selling()
    async with open_selling_stage(tmp_path, selling) as stage:
        await selling.catalog.put(CHANNEL, [sample_product(f"S-{number:03}") for number in range(60)])
        guest = await stage.guest()
        first = await guest.get(f"{SHOP}/products")
        assert "63 products" in first.text
        assert "Page 1 of 3" in first.text
        last = await guest.get(f"{SHOP}/products?page=3")
        assert f"{SHOP}/products?page=2" in last.links
        assert first.html.count('class="card product"') == 24
        assert last.html.count('class="card product"') == 15
        found = await guest.get(f"{SHOP}/products?text=s-00")
        assert "10 products found" in found.text
        for odd in ("page=0", "page=-1", "page=x", "page=99999999999"):
            assert (await guest.get(f"{SHOP}/products?{odd}")).text == first.text, odd
        assert "This page has no products" in (await guest.get(f"{SHOP}/products?page=9")).text
        for odd in ("%25", "_", "'", "<b>", "x" * 1000, "%F0%9F%8D%B5"):
            none = await guest.get(f"{SHOP}/products?text={odd}")
            assert (none.status, "No product matches" in none.text) == (200, True), odd
            assert "<b>" not in none.html


@in_event_loop
async def test_where_the_service_hangs_a_page_takes_no_longer_than_its_budget(tmp_path: Path) -> None:
    selling = Selling(HASTY)
    async with open_selling_stage(tmp_path, selling) as stage:
        guest = await stage.guest()
        await guest.get(f"{SHOP}/products")
        selling.inventory.answering.clear()
        for path in (f"{SHOP}/products", f"{SHOP}/products/MUG"):
            began = time.perf_counter()
            page = await guest.get(path)
            took = time.perf_counter() - began
            assert took < 0.3 + 5, "it waits no longer, but a busy machine may be slow"
            assert "Availability not known" in page.text
            assert "Not available" not in page.text
            assert "The warehouse cannot be asked at the moment." in page.text
        selling.inventory.answering.set()


@pytest.mark.parametrize("mood", [Mood.DOWN, Mood.FAILING, Mood.GARBLING, Mood.THROTTLING, Mood.FORBIDDING])
@in_event_loop
async def test_where_the_service_fails_nothing_is_said_to_be_sold_out(tmp_path: Path, mood: Mood) -> None:
    selling = Selling()
    async with open_selling_stage(tmp_path, selling) as stage:
        selling.inventory.mood = mood
        page = await (await stage.guest()).get(f"{SHOP}/products/POT")
        assert "Availability not known" in page.text
        assert "Not available" not in page.text


@in_event_loop
async def test_the_own_stock_answers_in_its_place_and_the_page_says_so(tmp_path: Path) -> None:
    selling = Selling(LOCAL)
    async with open_selling_stage(tmp_path, selling) as stage:
        selling.inventory.mood = Mood.DOWN
        selling.local = {"MUG": 2}
        page = await (await stage.guest()).get(f"{SHOP}/products/MUG")
        assert "Only 2 left" in page.text
        assert "Stock as the shop knows it" in page.text


@in_event_loop
async def test_without_an_inventory_service_nothing_is_claimed_and_nobody_is_blamed(tmp_path: Path) -> None:
    async with open_selling_stage(tmp_path, Selling(), active=False) as stage:
        page = await (await stage.guest()).get(f"{SHOP}/products/POT")
        assert "Availability not known" in page.text
        assert "cannot be asked" not in page.text


@in_event_loop
async def test_others_offer_something_where_a_product_is_not_available(tmp_path: Path) -> None:
    async with open_selling_stage(tmp_path, Selling(), Bells(nothing, bell)) as stage:
        guest, patricia = await stage.guest(), await stage.customer("patricia")
        assert "Ring for POT False" in (await guest.get(f"{SHOP}/products/POT")).text
        assert "Ring for POT True" in (await patricia.get(f"{SHOP}/products/POT")).text
        assert "Ring" not in (await guest.get(f"{SHOP}/products/MUG")).text


@pytest.mark.parametrize("call", [broken, bare])
@in_event_loop
async def test_a_broken_offer_is_left_out_and_named(tmp_path: Path, call: Any) -> None:
    async with open_selling_stage(tmp_path, Selling(), Bells(call, bell)) as stage:
        with structlog.testing.capture_logs() as logs:
            page = await (await stage.guest()).get(f"{SHOP}/products/POT")
        assert "Ring for POT" in page.text
        assert "A part of this page cannot be shown at the moment." in page.text
        assert [each["point"] for each in logs if each["log_level"] == "error"] == [
            "ProductDetails.unavailable"
        ]


@in_event_loop
async def test_a_shop_without_products_says_so_and_has_no_way_to_them(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        guest = await stage.guest()
        page = await guest.get(f"{SHOP}/products")
        assert "There is nothing to buy yet" in page.text
        assert f"{SHOP}/products" not in (await guest.get(f"{SHOP}/sign-in")).links
        assert (await guest.get(SHOP)).location == f"{SHOP}/sign-in"


@in_event_loop
async def test_the_door_of_a_shop_that_sells_leads_to_the_products(tmp_path: Path) -> None:
    async with open_selling_stage(tmp_path, Selling()) as stage:
        for guest in (await stage.guest(), await stage.customer("patricia")):
            assert (await guest.get(SHOP)).location == f"{SHOP}/products"


@in_event_loop
async def test_many_readers_at_once_are_few_questions(tmp_path: Path) -> None:
    selling = Selling()
    async with open_selling_stage(tmp_path, selling) as stage:
        guest = await stage.guest()
        pages = await asyncio.gather(*(guest.get(f"{SHOP}/products") for _ in range(20)))
        assert {page.status for page in pages} == {200}
        assert all({each.sku for each in PRODUCTS} >= set(asked) for asked in selling.inventory.asked)
        assert len(selling.inventory.asked) < 20


@in_event_loop
async def test_what_others_wrote_into_the_catalogue_is_shown_as_text(tmp_path: Path) -> None:
    selling = Selling()
    evil = "<script>alert(1)</script> \" onload='x' {{ 7*7 }} %(limit)s"
    async with open_selling_stage(tmp_path, selling) as stage:
        sku = "<b>&'\"/%2F"
        product = sample_product(
            sku, names={"en": evil}, descriptions={"en": f"{evil}\n{'x' * 3000}"}, unit="<i>", tax_class="<u>"
        )
        await selling.catalog.put(CHANNEL, [product])
        await selling.inventory.put(sku, 3)
        patricia = await stage.customer("patricia")
        listed = await patricia.get(f"{SHOP}/products?text=alert")
        [link] = {each for each in listed.links if each.startswith(f"{SHOP}/products/")}
        page = await patricia.get(link)
        answer = await patricia.post(f"{SHOP}/cart/add", {**page.hidden, "quantity": "1"})
        assert answer.status == 303, answer
        for shown in (
            listed,
            page,
            await patricia.get(f"{SHOP}/cart"),
            await patricia.get(f"{SHOP}/checkout"),
        ):
            assert shown.status == 200, shown
            assert evil in shown.text or evil in unescape(shown.html)
            for tag in ("<script>alert", "<b>&", "<i>", "<u>", "49 %"):
                assert tag not in shown.html
