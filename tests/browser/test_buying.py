"""Buying something in the storefront: in two languages, without JavaScript, with the keyboard, on wide and
narrow screens; and how the pages look on which that happens."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from app_bo.testing.served_office import Shop, Site, in_thread, serving
from app_sf_responsive.testing.stage import QUICK_PASSWORDS
from demo_inspired.customers import SAMPLE_PASSWORD
from iomconnector.testing.browser_looks import (
    NARROW,
    WIDE,
    keep_screenshot,
    pixels_beside,
    serious_violations,
)
from iomconnector.testing.samples import CHANNEL, OTHER_CHANNEL
from iomconnector.testing.systems import prepared_system

OpenContext = Callable[..., BrowserContext]

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "docs" / "screenshots"
SHOP, BUSINESS = f"/shop/{CHANNEL}", f"/shop/{OTHER_CHANNEL}"
HEADSET, FRIDGE, WEBCAM, KEYBOARD = "896737", "201807171", "201807195", "201807202"
ASSEMBLY = """
[assembly]
name = "browser-shop"
extends = "inspired-b2x"
description = "The sample shop."
"""
LOOKS = {
    "en": {"viewport": WIDE, "color_scheme": "light", "locale": "en-GB"},
    "de": {"viewport": WIDE, "color_scheme": "light", "locale": "de-DE"},
    "dark": {"viewport": WIDE, "color_scheme": "dark", "locale": "en-GB"},
    "narrow": {"viewport": NARROW, "color_scheme": "light", "locale": "de-DE"},
    "tablet": {"viewport": {"width": 820, "height": 1180}, "color_scheme": "light", "locale": "en-GB"},
}
IN_DOCS = {
    "en": {"products", "product-few-left", "product-expected", "cart", "checkout", "ordered"},
    "de": {"checkout-wrong", "product-few-left"},
    "dark": {"products"},
    "narrow": {"products", "cart", "checkout"},
}


@pytest.fixture(scope="module")
def storefront(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The sample shop with its customers, products and stock, served by a process of its own."""
    shop = Shop(tmp_path_factory.mktemp("buying") / "shop")
    shop.assembly.parent.mkdir(parents=True)
    for file in (ROOT / "assemblies").glob("*.toml"):
        shutil.copy(file, shop.assembly.parent)
    shop.assembly.write_text(ASSEMBLY)

    async def prepare() -> None:
        async with prepared_system(shop.assembly, shop.data, environment="development", **QUICK_PASSWORDS):
            pass

    in_thread(prepare)
    with serving(shop) as site:
        yield site


@pytest.fixture
def site(storefront: Site) -> Site:
    """Where the windows of the browser look."""
    return storefront


def sign_in(page: Page, login: str, *, path: str) -> None:
    """Ask for a page, fill in the form that comes, and send it."""
    page.goto(path)
    page.locator("#login").fill(login)
    page.locator("#password").fill(SAMPLE_PASSWORD)
    with page.expect_navigation():
        page.locator("main button").click()


def put(page: Page, sku: str, quantity: int = 1, *, shop: str = SHOP) -> None:
    """Put a product into the cart, from its page."""
    page.goto(f"{shop}/products/{sku}")
    page.locator("#quantity").fill(str(quantity))
    with page.expect_navigation():
        page.locator("form.buy button").click()


def fill_in(page: Page) -> None:
    """The invoice address."""
    for name, text in (
        ("last_name", "Miller"),
        ("street", "Steinweg"),
        ("street_number", "10"),
        ("postal_code", "07743"),
        ("city", "Jena"),
    ):
        page.locator(f"#invoice_{name}").fill(text)
    page.locator("#invoice_country").select_option("DE")


def empty_the_cart(page: Page, shop: str = SHOP) -> None:
    """Take everything out of the cart."""
    page.goto(f"{shop}/cart")
    for _ in range(page.locator(".cart .cost button").count()):
        with page.expect_navigation():
            page.locator(".cart .cost button").first.click()


def test_from_the_products_to_the_order_in_german_without_javascript(open_context: OpenContext) -> None:
    page = open_context(java_script_enabled=False, locale="de-DE").new_page()
    page.goto(SHOP)
    expect(page.get_by_role("status")).to_have_text("12 Produkte")
    page.get_by_label("Name oder Artikelnr.").fill("kühl")
    page.get_by_role("button", name="Suchen").click()
    expect(page.get_by_role("status")).to_have_text("1 Produkt gefunden")
    page.get_by_role("link", name="Kühlschrank „Föhn“ – leise").click()
    main = page.get_by_role("main")
    expect(main).to_contain_text("Nur noch 3 Stück")
    page.get_by_role("link", name="Zum Kaufen anmelden").click()
    page.get_by_label("Benutzername").fill("pmiller")
    page.get_by_label("Passwort").fill(SAMPLE_PASSWORD)
    main.get_by_role("button", name="Anmelden").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kühlschrank „Föhn“ – leise")
    page.get_by_role("button", name="In den Warenkorb").click()
    expect(main).to_contain_text("Es ist in Ihrem Warenkorb.")
    expect(page.locator(".shop-nav .count")).to_contain_text("1")
    page.get_by_label("Menge").fill("2")
    page.get_by_role("button", name="Ändern").click()
    expect(page.locator(".totals .total dd")).to_have_text("1.306,62\N{NO-BREAK SPACE}€")
    page.get_by_role("link", name="Zur Kasse").click()
    expect(page.get_by_label("Nachname").first).to_have_value("Miller")
    fill_in(page)
    page.get_by_label("Nachnahme").check()
    page.get_by_role("button", name="Kostenpflichtig bestellen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Danke für Ihre Bestellung")
    number = page.locator(".ordered strong").inner_text()
    page.get_by_role("link", name="Zur Bestellung").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Bestellung {number}")
    expect(main).to_contain_text("1.306,62\N{NO-BREAK SPACE}€")
    expect(main).to_contain_text("Nachnahme")
    page.goto(f"{SHOP}/orders")
    expect(page.get_by_role("link", name=number, exact=True)).to_be_visible()
    page.goto(f"{SHOP}/products/{FRIDGE}")
    expect(main).to_contain_text("Nur noch 1 Stück")
    expect(page.locator(".shop-nav .count")).to_have_count(0)


def test_a_buyer_of_a_company_with_the_keyboard_alone_in_english(open_context: OpenContext) -> None:
    page = open_context(java_script_enabled=False).new_page()
    sign_in(page, "jlink", path=f"{BUSINESS}/account")
    page.goto(f"{BUSINESS}/products/{HEADSET}")
    page.locator("#quantity").focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Cart")
    page.get_by_role("link", name="To checkout").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Company").first).to_have_value("OilCorp")
    fill_in(page)
    page.get_by_label("Your own order number").fill("PO-2026-17")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for your order")
    page.get_by_role("link", name="To the order").click()
    expect(page.get_by_role("main")).to_contain_text("€89.07")


def test_going_back_from_the_order_leads_to_an_empty_cart(open_context: OpenContext) -> None:
    page = open_context(java_script_enabled=False).new_page()
    sign_in(page, "pmiller", path=f"{SHOP}/account")
    empty_the_cart(page)
    put(page, "10001", 5)
    page.goto(f"{SHOP}/checkout")
    fill_in(page)
    page.get_by_role("button", name="Place order").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you for your order")
    page.go_back()
    expect(page.get_by_role("heading", name="Your cart is empty")).to_be_visible()


def _page(path: str) -> Callable[[Page], None]:
    def go(page: Page) -> None:
        page.goto(path)

    return go


def _wrong_checkout(page: Page) -> None:
    page.goto(f"{SHOP}/checkout")
    fill_in(page)
    page.locator("#invoice_city").fill(" ")
    page.locator("input[name=elsewhere][value=yes]").check()
    with page.expect_navigation():
        page.locator("aside button.primary").click()


def _order(page: Page) -> None:
    page.goto(f"{SHOP}/checkout")
    fill_in(page)
    page.locator("input[name=elsewhere][value=no]").check()
    with page.expect_navigation():
        page.locator("aside button.primary").click()


PAGES: dict[str, Callable[[Page], None]] = {
    "products": _page(f"{SHOP}/products"),
    "products-none": _page(f"{SHOP}/products?text=elephant"),
    "products-beyond": _page(f"{SHOP}/products?page=9"),
    "product": _page(f"{SHOP}/products/{HEADSET}"),
    "product-few-left": _page(f"{SHOP}/products/{FRIDGE}"),
    "product-expected": _page(f"{SHOP}/products/{WEBCAM}"),
    "product-gone": _page(f"{SHOP}/products/{KEYBOARD}"),
    "cart": _page(f"{SHOP}/cart"),
    "checkout": _page(f"{SHOP}/checkout"),
    "checkout-wrong": _wrong_checkout,
    "ordered": _order,
    "cart-empty": _page(f"{SHOP}/cart"),
}


@pytest.mark.parametrize("look", LOOKS)
def test_how_every_page_looks(open_context: OpenContext, look: str) -> None:
    page = open_context(**LOOKS[look]).new_page()
    console: list[str] = []
    page.on("console", lambda each: console.append(each.text) if each.type == "error" else None)
    problems: list[str] = []
    page.goto(f"{SHOP}/products/{HEADSET}")
    problems += _looked_at(page, "product-guest", look)
    sign_in(page, "pmiller", path=f"{SHOP}/account")
    empty_the_cart(page)
    put(page, HEADSET, 2)
    put(page, "10001", 25)
    for name, go in PAGES.items():
        console.clear()
        go(page)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        problems += _looked_at(page, name, look)
        if name != "checkout-wrong":
            problems += [f"{name}: {each}" for each in console]
    assert not problems, "\n".join(problems)


def _looked_at(page: Page, name: str, look: str) -> list[str]:
    problems = [f"{name}: axe: {each}" for each in serious_violations(page)]
    if (beside := pixels_beside(page)) > 0:
        problems.append(f"{name}: {beside} pixels lie beside the screen")
    keep_screenshot(page, f"shop-{name}-{look}", SCREENSHOTS, in_docs=name in IN_DOCS.get(look, set()))
    return problems
