"""The page of one order while an order management system works on it: from just placed to returned."""

import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from app_bo.testing.served_office import Shop, Site, in_thread, serving
from app_sf_responsive.testing.stage import COLLEAGUE, PASSWORD, QUICK_PASSWORDS, order_of
from app_sf_responsive.visitor import shop_path
from dev_iomconnector_iom import ClockConfig, ClockMode, ShopConfig, StandInConfig, run_in_thread
from dev_iomconnector_iom.control.client import ControlClient
from dev_iomconnector_iom.control.messages import PiecesOfPosition
from dev_iomconnector_iom.testing import CONTROL_TOKEN
from iomconnector.application import Application
from iomconnector.model.approvals import Decision
from iomconnector.testing.browser_looks import (
    NARROW,
    WIDE,
    keep_screenshot,
    pixels_beside,
    serious_violations,
)
from iomconnector.testing.samples import OTHER_CHANNEL, approval_step, sample_order
from iomconnector.testing.systems import prepared_system

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "docs" / "screenshots"
ASSEMBLY = """
[assembly]
name = "browser-shop"
extends = "inspired-iomconnector"
"""
IOM_SHOP = 10020
NUMBER = "2026112900042"
HISTORY = "iom-order-history-intronics-business"
WAREHOUSES = ("Warehouse Jena", "Warehouse Hamburg")
PRODUCTS = (("201807231-01", "Running shoes"), ("4752002", "Notebook bag"), ("7912057", "Desk lamp"))
BUDGET_SECONDS = 1.0
IN_DOCS = {
    "en": {"order-partly-shipped", "order-documents"},
    "de": {"order-part-paid"},
    "dark": {"order-last-known"},
}

OpenContext = Callable[..., BrowserContext]


@dataclass
class Shopping:
    """A served shop with a stand-in that works only when it is told to.

    Arguments:
        site: The served shop.
        iom: The control interface of the stand-in.
        stop_iom: Ends the stand-in.
        key: The key of the order.
    """

    site: Site
    iom: ControlClient
    stop_iom: Callable[[], None]
    key: int

    @property
    def order(self) -> str:
        """The address of the order."""
        return shop_path(OTHER_CHANNEL, "orders", self.key)


def _order() -> Any:
    items = [
        {
            **next(iter(sample_order().line_items)).model_dump(mode="json"),
            "position": position,
            "product": {"sku": sku, "name": name},
        }
        for position, (sku, name) in enumerate(PRODUCTS, 1)
    ]
    money = {"currency": "EUR"}
    price = {
        "net": {"amount": {"amount": "300.00", **money}},
        "gross": {"amount": {"amount": "357.00", **money}},
        "taxes": [{"tax_class": "FullTax", "amount": {"amount": "57.00", **money}, "rate": "19"}],
    }
    address = {**sample_order().invoice_address.model_dump(), "company_name": COLLEAGUE.company}
    return order_of(
        COLLEAGUE,
        NUMBER,
        approval_steps=[approval_step("anna").model_dump()],
        shipping_buckets=[{"address": address, "line_items": items, "shipping_method": "STD_GROUND"}],
        subtotal=price,
        total=price,
    )


@pytest.fixture(scope="module")
def shopping(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shopping]:
    """A shop with one order that waits for its approval."""
    shop = Shop(tmp_path_factory.mktemp("life") / "shop")
    shop.assembly.parent.mkdir(parents=True)
    for file in (ROOT / "assemblies").glob("*.toml"):
        shutil.copy(file, shop.assembly.parent)
    shop.assembly.write_text(ASSEMBLY)
    config = StandInConfig(
        control_token=CONTROL_TOKEN,
        clock=ClockConfig(mode=ClockMode.MANUAL),
        shops=(ShopConfig(id=IOM_SHOP, name="inTRONICS Business", suppliers=WAREHOUSES),),
        users=tuple(
            each.model_copy(update={"rights": {IOM_SHOP: rights}})
            for each in StandInConfig().users
            if (rights := each.rights.get(IOM_SHOP))
        ),
    )
    with ExitStack() as stack:
        far = stack.enter_context(ExitStack())
        iom = far.enter_context(run_in_thread(config))

        async def prepare() -> int:
            async with prepared_system(
                shop.assembly,
                shop.data,
                environment="development",
                services={"base_url": iom.url},
                **QUICK_PASSWORDS,
            ) as application:
                rules = {"status_cache": 0, "document_cache": 0, "page_budget": BUDGET_SECONDS}
                await application.services.change(HISTORY, values=rules, by="tests")
                await application.customer_users.register(COLLEAGUE, PASSWORD, by="tests")
                await application.place_orders.many([_order()])
                return (await application.orders.get(OTHER_CHANNEL, NUMBER)).request.order_id

        key = in_thread(prepare)
        site = stack.enter_context(serving(shop, IOM_STAND_IN_PORT=""))
        yield Shopping(site, iom.control, far.close, key)


@pytest.fixture
def site(shopping: Shopping) -> Site:
    """Where the windows of the browser look."""
    return shopping.site


@pytest.fixture
def pages(open_context: OpenContext) -> dict[str, Page]:
    """The reader's windows: English, German, a telephone, and one at night."""
    looks: dict[str, dict[str, Any]] = {
        "en": {"viewport": WIDE, "locale": "en-GB"},
        "de": {"viewport": WIDE, "locale": "de-DE"},
        "narrow": {"viewport": NARROW, "locale": "en-GB"},
        "dark": {"viewport": WIDE, "locale": "en-GB", "color_scheme": "dark"},
    }
    windows = {name: open_context(**look).new_page() for name, look in looks.items()}
    for page in windows.values():
        page.goto(shop_path(OTHER_CHANNEL, "sign-in"))
        page.locator("input[name=login]").fill(COLLEAGUE.login)
        page.locator("input[name=password]").fill(PASSWORD)
        page.locator("main button").click()
        expect(page).to_have_url(re.compile(r"/account$"))
    return windows


class Reader:
    """Looks at the order in every window.

    Arguments:
        shopping: The shop.
        windows: The windows, by name.
    """

    def __init__(self, shopping: Shopping, windows: dict[str, Page]) -> None:
        self.shopping = shopping
        self.windows = windows

    def looks(self, name: str, *words: str, missing: tuple[str, ...] = (), path: str = "") -> Page:
        """Load the order, and compare what stands there; returns the English page."""
        for window, page in self.windows.items():
            page.goto(path or self.shopping.order)
            assert pixels_beside(page) == 0, (name, window)
            assert serious_violations(page) == [], (name, window)
            keep_screenshot(
                page, f"shop-{name}-{window}", SCREENSHOTS, in_docs=name in IN_DOCS.get(window, set())
            )
        page = self.windows["en"]
        text = " ".join(page.locator("main").inner_text().split()).replace("\N{NO-BREAK SPACE}", " ")
        for each in words:
            assert each.casefold() in text.casefold(), (name, each, text)
        for each in missing:
            assert each.casefold() not in text.casefold(), (name, each, text)
        return page

    def waits_for(self, words: str) -> None:
        """Load the order until something stands there."""
        page = self.windows["en"]
        end = time.monotonic() + 30
        while page.goto(self.shopping.order) and words not in page.locator("main").inner_text().casefold():
            assert time.monotonic() < end, " ".join(page.locator("main").inner_text().split())
            page.wait_for_timeout(200)


def pieces(*positions: int) -> list[PiecesOfPosition]:
    """The piece of each of these positions."""
    return [PiecesOfPosition(position=each, quantity=1) for each in positions]


def test_an_order_is_followed_from_just_placed_to_returned(
    shopping: Shopping, pages: dict[str, Page]
) -> None:
    reader, iom = Reader(shopping, pages), shopping.iom
    reader.looks("order-just-placed", "pproval", missing=("Open Invoiced Amount", "View All", "Track parcel"))

    async def approve(application: Application) -> None:
        await application.approve_orders.decide(OTHER_CHANNEL, NUMBER, by="anna", decision=Decision.APPROVED)

    shopping.site.shop.change(approve)
    reader.waits_for("initial order")
    reader.looks(
        "order-handed-over", "Approved by anna", "There are no documents yet.",
        missing=("Open Invoiced Amount", "Track parcel"),
    )  # fmt: skip

    iom.push(IOM_SHOP, NUMBER, "STATE_COMMISSIONED")
    reader.looks("order-commissioned", *(f"Delivered by {each}" for each in WAREHOUSES))

    iom.dispatch(IOM_SHOP, NUMBER, *pieces(1), carrier="DHL", tracking_number="00340434161094042557")
    iom.dispatch(
        IOM_SHOP, NUMBER, *pieces(2), carrier="UPS", tracking_number="1Z12345E0205271688", packages=2
    )
    page = reader.looks(
        "order-partly-shipped", "partly shipped", "Parcel 1 of 2", "Parcel 2 of 2", "Not Paid 0%",
        "Open Invoiced Amount €238.00", "View All documents 4", "Tracking number 1Z12345E0205271688",
    )  # fmt: skip
    links = page.get_by_role("link", name=re.compile("Track parcel"))
    expect(links).to_have_count(2)
    for link in links.all():
        assert str(link.get_attribute("href")).startswith("https://")
        assert "noopener" in str(link.get_attribute("rel"))

    iom.book_payment(IOM_SHOP, NUMBER, Decimal(100))
    page = reader.looks("order-part-paid", "Part Paid 42.01%", "Open Invoiced Amount €138.00")
    bar = page.get_by_role("progressbar", name="Share that is paid")
    expect(bar).to_have_attribute("value", "42.01")

    iom.book_payment(IOM_SHOP, NUMBER, Decimal(138))
    reader.looks("order-paid", "Paid 100%", "Open Invoiced Amount €0.00", missing=("Part Paid",))

    iom.dispatch(IOM_SHOP, NUMBER, *pieces(3), carrier="DHL")
    iom.book_payment(IOM_SHOP, NUMBER, Decimal(119))
    reader.looks("order-shipped", "shipped", "Parcel 3 of 3", "Paid 100%", "Invoiced €357.00")

    documents = reader.looks(
        "order-documents", "All 6", "Invoice 3", "Delivery note 3", path=f"{shopping.order}/documents"
    )
    with documents.expect_download() as arriving:
        documents.get_by_role("link", name=re.compile("^Download Invoice")).first.click()
    assert re.fullmatch(r"[\w.-]+\.pdf", arriving.value.suggested_filename)
    assert arriving.value.path().read_bytes().startswith(b"%PDF-")

    iom.take_back(IOM_SHOP, NUMBER, *pieces(1))
    reader.looks("order-partly-returned", "returned", "general return", "View All documents 7")

    iom.take_back(IOM_SHOP, NUMBER, *pieces(2, 3))
    reader.looks("order-returned", "returned")

    shopping.stop_iom()
    for page in pages.values():
        begin = time.monotonic()
        page.goto(shopping.order)
        assert time.monotonic() - begin < BUDGET_SECONDS + 2
    reader.looks(
        "order-last-known",
        "The latest status cannot be fetched at the moment.",
        "Status as of",
        "Parcel 3 of 3",
    )
    page = reader.looks("order-history-last-known", NUMBER, path=shop_path(OTHER_CHANNEL, "orders"))
    assert page.goto(f"{shopping.order}/documents")
    page.get_by_role("link", name=re.compile("^Download Invoice")).first.evaluate(
        "link => link.removeAttribute('download')"
    )
    page.get_by_role("link", name=re.compile("^Download Invoice")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The document cannot be fetched at the moment")
