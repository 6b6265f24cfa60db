"""What customers do in the storefront: in two languages, on wide and narrow screens, with the keyboard alone,
without JavaScript; and how its pages look."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, expect

from app_bo.testing.served_office import Shop, Site, in_thread, serving
from app_sf_responsive.testing.history_samples import (
    BEING_PACKED,
    IN_PARTS,
    JUST_PLACED,
    LARGE,
    OLDER,
    SENT_BACK,
    WAITING,
    furnish_with_history,
)
from app_sf_responsive.testing.stage import PASSWORD, QUICK_PASSWORDS
from iomconnector.application import Application
from iomconnector.testing.browser_looks import (
    NARROW,
    WIDE,
    follow,
    keep_screenshot,
    pixels_beside,
    serious_violations,
)
from iomconnector.testing.cartridges import CartridgeSite
from iomconnector.testing.samples import CHANNEL, ORGANIZATION, OTHER_CHANNEL
from iomconnector.testing.systems import prepared_system

OpenContext = Callable[..., BrowserContext]

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "docs" / "screenshots"
SHOP, BUSINESS = f"/shop/{CHANNEL}", f"/shop/{OTHER_CHANNEL}"
FIRST_PAGE = 25
PRIVATE_ORDERS = OLDER + 7

ASSEMBLY = """
[assembly]
name = "browser-shop"
extends = "inspired-b2x"
description = "The sample shop with an order management system that is a directory of files."

[[include]]
cartridges = ["sample_history"]

[exclude]
cartridges = ["demo_inspired"]
"""
CARTRIDGE = """
from bc_order.testing.file_order_history import FILE_ORDER_HISTORY
from iomconnector.cartridges.descriptor import CartridgeDescriptor
from iomconnector.hooks import hookimpl

descriptor = CartridgeDescriptor("Sample History")


@hookimpl
def iomconnector_service_definitions():
    return [FILE_ORDER_HISTORY]
"""

LOOKS = {
    "en": {"viewport": WIDE, "color_scheme": "light", "locale": "en-GB"},
    "de": {"viewport": WIDE, "color_scheme": "light", "locale": "de-DE"},
    "dark": {"viewport": WIDE, "color_scheme": "dark", "locale": "de-DE"},
    "narrow": {"viewport": NARROW, "color_scheme": "light", "locale": "de-DE"},
    "tablet": {"viewport": {"width": 820, "height": 1180}, "color_scheme": "light", "locale": "en-GB"},
    "large": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light", "locale": "en-GB"},
}
IN_DOCS = {
    "en": {"sign-in", "account", "history", "order-in-parts", "order-waiting"},
    "de": {"history", "order-in-parts", "order-returned", "not-found"},
    "dark": {"order-in-parts"},
    "narrow": {"history", "order-in-parts"},
}


@pytest.fixture(scope="module")
def storefront(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A shop with customers and their orders, served by a process of its own."""
    shop = Shop(tmp_path_factory.mktemp("storefront") / "shop")
    shop.assembly.parent.mkdir(parents=True)
    for file in (ROOT / "assemblies").glob("*.toml"):
        shutil.copy(file, shop.assembly.parent)
    shop.assembly.write_text(ASSEMBLY)

    async def add(application: Application) -> None:
        await furnish_with_history(application, shop.directory / "states")
        services = application.services
        await services.enable("file-order-history", ORGANIZATION, True, by="tests")
        await services.add(
            "history",
            definition="file-order-history",
            context=ORGANIZATION,
            by="tests",
            display_name="Order history",
            values={"states": str(shop.directory / "states")},
        )

    async def prepare() -> None:
        async with prepared_system(
            shop.assembly, shop.data, environment="development", **QUICK_PASSWORDS
        ) as application:
            await add(application)

    with CartridgeSite(shop.directory / "site") as cartridges:
        cartridges.add_module("sample_history", CARTRIDGE, requires=["iomconnector", "bc-order"])
        in_thread(prepare)
        with serving(shop) as site:
            yield site


@pytest.fixture
def site(storefront: Site) -> Site:
    """Where the windows of the browser look."""
    return storefront


def sign_in(page: Page, login: str = "patricia", *, path: str = f"{SHOP}/account") -> None:
    """Ask for a page, fill in the form that comes, and send it."""
    page.goto(path)
    page.locator("#login").fill(login)
    page.locator("#password").fill(PASSWORD)
    follow(page.locator("main button"))


def tab_to(page: Page, target: Locator, *, presses: int = 80) -> None:
    """Press the tabulator until something has the focus, and see that one can see it."""
    for _ in range(presses):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            outline = target.evaluate("element => getComputedStyle(element).outlineStyle")
            assert outline != "none", f"the focus on {target} cannot be seen"
            return
    raise AssertionError(f"{target} cannot be reached with the keyboard")


def test_from_the_door_to_an_order_and_back_in_german_without_javascript(open_context: OpenContext) -> None:
    page = open_context(java_script_enabled=False, locale="de-DE").new_page()
    sign_in(page, path=f"{SHOP}/account")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hallo, Patricia")
    page.get_by_role("link", name=f"Alle {PRIVATE_ORDERS} Bestellungen").click()
    expect(page.get_by_role("status")).to_have_text(f"{PRIVATE_ORDERS} Bestellungen")
    page.get_by_role("link", name="Weiter").click()
    expect(page.get_by_role("link", name="Seite 2", exact=True)).to_have_attribute("aria-current", "page")
    page.get_by_label("Bestellnummer").fill("2738")
    page.get_by_role("button", name="Suchen").click()
    expect(page.get_by_role("status")).to_have_text("1 Bestellung gefunden")
    page.get_by_role("link", name=IN_PARTS, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Bestellung {IN_PARTS}")
    main = page.get_by_role("main")
    expect(main).to_contain_text("Teilweise versandt")
    expect(main).to_contain_text("1 storniert: not on stock")
    expect(main).to_contain_text("Geliefert von Drop-Ship Electronics Ltd.")
    expect(main).to_contain_text("4.111,59\N{NO-BREAK SPACE}€")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Order {IN_PARTS}")
    expect(main).to_contain_text("€4,111.59")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    page.goto(f"{SHOP}/orders")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_with_the_keyboard_alone(page: Page, site: Site) -> None:
    page.goto(f"{SHOP}/orders")
    tab_to(page, page.get_by_label("User name"))
    page.keyboard.type("patricia")
    tab_to(page, page.get_by_label("Password"))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site.url}{SHOP}/orders")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
    tab_to(page, page.get_by_label("Order number"))
    page.keyboard.type(JUST_PLACED)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("1 order found")
    tab_to(page, page.get_by_role("link", name=JUST_PLACED, exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Order {JUST_PLACED}")
    expect(page.get_by_role("main")).to_contain_text("New")
    tab_to(page, page.get_by_role("button", name="Deutsch"))
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("lang", "de")


def test_paging_is_complete_and_free_of_repeats(page: Page) -> None:
    sign_in(page, path=f"{SHOP}/orders")
    seen: list[str] = []
    pages = -(-PRIVATE_ORDERS // FIRST_PAGE)
    for number in range(1, pages + 1):
        expect(page.locator(".pages [aria-current=page]")).to_have_text(f"Page {number}")
        seen += page.locator("table.orders th[scope=row] a").all_inner_texts()
        if number < pages:
            page.get_by_role("link", name="Next").click()
    expect(page.get_by_role("link", name="Next")).to_have_count(0)
    assert len(seen) == len(set(seen)) == PRIVATE_ORDERS
    assert seen[:2] == [JUST_PLACED, BEING_PACKED], "the newest stand first"
    page.get_by_label("Order by").select_option("oldest")
    page.get_by_role("button", name="Find").click()
    expect(page.locator("table.orders th[scope=row] a")).to_have_text(seen[::-1][:FIRST_PAGE])


def test_filters_narrow_each_other_and_say_when_nothing_is_left(page: Page) -> None:
    sign_in(page, path=f"{SHOP}/orders")
    page.get_by_label("Item no.").fill("00910")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("status")).to_have_text("3 orders found")
    page.get_by_label("Placed from").fill("2026-11-24")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("status")).to_have_text("1 order found")
    page.get_by_label("Item no.").fill("no such item")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("heading", name="No order matches")).to_be_visible()
    page.get_by_role("link", name="Show all orders").click()
    expect(page.get_by_role("status")).to_have_text(f"{PRIVATE_ORDERS} orders")


def test_a_status_that_is_not_live_says_so(page: Page, site: Site) -> None:
    sign_in(page, path=f"{SHOP}/orders")
    states = site.shop.directory / "states"
    away = states.with_name("away")
    expect(page.get_by_role("main")).not_to_contain_text("Status as of")
    states.rename(away)
    try:
        page.wait_for_timeout(5_500)
        page.goto(f"{SHOP}/orders")
        expect(page.get_by_role("main")).to_contain_text("Status as of")
        expect(page.get_by_role("main")).to_contain_text("Partially shipped")
        page.get_by_role("link", name=IN_PARTS, exact=True).click()
        expect(page.get_by_role("main")).to_contain_text("The latest status cannot be fetched at the moment.")
        expect(page.get_by_role("main")).to_contain_text("Partially shipped")
    finally:
        away.rename(states)


def test_nothing_moves_where_less_motion_is_asked_for(open_context: OpenContext) -> None:
    for motion, duration in (("reduce", "0s"), ("no-preference", "0.12s, 0.12s, 0.12s")):
        page = open_context(reduced_motion=motion).new_page()
        page.goto(f"{SHOP}/sign-in")
        button = page.locator("main button")
        assert button.evaluate("element => getComputedStyle(element).transitionDuration") == duration


def test_paper_has_the_order_and_no_menus(page: Page) -> None:
    sign_in(page, path=f"{SHOP}/orders")
    page.get_by_role("link", name=IN_PARTS, exact=True).click()
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text("Delivered by inTRONICS Warehouse")).to_be_visible()
    for hidden in (".account-menu", ".crumbs", "footer", ".languages", ".skip"):
        expect(page.locator(hidden)).to_be_hidden()


def _at(path: str) -> Callable[[Page], None]:
    def go(page: Page) -> None:
        page.goto(path)

    return go


def _order(number: str, shop: str = SHOP) -> Callable[[Page], None]:
    def go(page: Page) -> None:
        page.goto(f"{shop}/orders?number={number}")
        follow(page.locator("table.orders th[scope=row] a"))

    return go


PRIVATE: dict[str, Callable[[Page], None]] = {
    "account": _at(f"{SHOP}/account"),
    "history": _at(f"{SHOP}/orders"),
    "history-page": _at(f"{SHOP}/orders?page=2"),
    "history-none": _at(f"{SHOP}/orders?number=4711&from=yesterday"),
    "history-beyond": _at(f"{SHOP}/orders?page=4000"),
    "order-in-parts": _order(IN_PARTS),
    "order-new": _order(JUST_PLACED),
    "order-returned": _order(SENT_BACK),
    "not-found": _at(f"{SHOP}/orders/999999"),
}
COMPANY: dict[str, Callable[[Page], None]] = {
    "account-company": _at(f"{BUSINESS}/account"),
    "order-large": _order(LARGE, BUSINESS),
    "order-waiting": _order(WAITING, BUSINESS),
}


@pytest.mark.parametrize("look", LOOKS)
def test_how_every_page_looks(open_context: OpenContext, look: str) -> None:
    problems: list[str] = []
    visits = (("patricia", SHOP, PRIVATE), ("bea", BUSINESS, COMPANY))
    for login, shop, pages in visits:
        page = open_context(**LOOKS[look]).new_page()
        console = _listened_to(page)
        page.goto(f"{shop}/sign-in")
        problems += _looked_at(page, "sign-in" if login == "patricia" else "sign-in-company", look)
        sign_in(page, login, path=f"{shop}/account")
        if look in ("en", "tablet", "large") and login == "bea":
            follow(page.get_by_role("button", name="English"))
        for name, go in pages.items():
            console.clear()
            go(page)
            problems += _looked_at(page, name, look)
            if name != "not-found":
                problems += [f"{name}: {each.text}" for each in console if each.type == "error"]
    assert not problems, "\n".join(problems)


def _listened_to(page: Page) -> list[ConsoleMessage]:
    """What a page says in the console, from now on."""
    console: list[ConsoleMessage] = []
    page.on("console", lambda message: console.append(message))
    return console


def _looked_at(page: Page, name: str, look: str) -> list[str]:
    problems = [f"{name}: axe: {each}" for each in serious_violations(page)]
    if (beside := pixels_beside(page)) > 0:
        problems.append(f"{name}: {beside} pixels lie beside the screen")
    keep_screenshot(page, f"shop-{name}-{look}", SCREENSHOTS, in_docs=name in IN_DOCS.get(look, ()))
    return problems
