"""From the page of a product that is sold out to the mail in the hands of a mail server, and back by its
links."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from app_bo.testing.served_office import Shop, Site, in_thread, serving
from app_sf_responsive.testing.stage import PASSWORD, PATRICIA, QUICK_PASSWORDS
from bc_inventory.stock_changes import StockChange, StockChanges
from bc_mail.testing import MailServerInThread, mail_server_in_thread
from bc_product_notification.parts import notify_shoppers
from iomconnector.application import Application
from iomconnector.testing.browser_looks import (
    NARROW,
    WIDE,
    keep_screenshot,
    pixels_beside,
    serious_violations,
)
from iomconnector.testing.contracts import ReceivedMail
from iomconnector.testing.samples import CHANNEL
from iomconnector.testing.systems import prepared_system

OpenContext = Callable[..., BrowserContext]

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "docs" / "screenshots"
SOLD_OUT, ALSO_SOLD_OUT = "201807202", "201807195"
PRODUCT = f"/shop/{CHANNEL}/products/{SOLD_OUT}"
PUBLIC = "https://shop.example.com"
LINK = re.compile(rf"{PUBLIC}(\S+)")

ASSEMBLY = f"""
[assembly]
name = "browser-shop"
extends = "inspired-b2x"

[settings]
shop_address = "{PUBLIC}"
"""


@pytest.fixture(scope="module")
def mails() -> Iterator[MailServerInThread]:
    with mail_server_in_thread() as server:
        yield server


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, mails: MailServerInThread) -> Iterator[Site]:
    """The sample shop with a mail service, served by a process of its own."""
    shop = Shop(tmp_path_factory.mktemp("notify") / "shop")
    shop.assembly.parent.mkdir(parents=True)
    for file in (ROOT / "assemblies").glob("*.toml"):
        shutil.copy(file, shop.assembly.parent)
    shop.assembly.write_text(ASSEMBLY)

    async def prepare() -> None:
        async with prepared_system(
            shop.assembly, shop.data, environment="development", **QUICK_PASSWORDS
        ) as application:
            await application.customer_users.register(PATRICIA, PASSWORD, by="tests")
            here = {"host": "127.0.0.1", "port": mails.port}
            await application.services.change("mail-inspired", values=here, by="tests")

    in_thread(prepare)
    (shop.directory / "site").mkdir()
    with serving(shop) as served:
        yield served


def put(site: Site, sku: str, pieces: int) -> int:
    """Have so many pieces of a product, and let the schedule do its work once; how many mails went out."""

    async def work(application: Application) -> int:
        changes = StockChanges(application.database, application.clock)
        change = StockChange(sku=sku, on_hand=pieces)
        await changes.apply(CHANNEL, [change], action="stock.adjusted", by="tests", reason="a delivery")
        notify = notify_shoppers(application)
        assert notify is not None
        return await notify.look()

    return site.shop.change(work)


def link(mail: ReceivedMail, kind: str) -> str:
    """The path of the link of a kind in a mail."""
    [found] = [each for each in LINK.findall(mail.text) if each.endswith(kind)]
    return str(found)


def to(address: str, subject: str) -> Callable[[ReceivedMail], bool]:
    return lambda mail: mail.recipient == address and mail.subject.startswith(subject)


def looks_right(page: Page) -> None:
    assert serious_violations(page) == []
    assert pixels_beside(page) == 0


def test_a_guest_is_told_once_and_leaves_without_javascript(
    open_context: OpenContext, site: Site, mails: MailServerInThread
) -> None:
    page = open_context(java_script_enabled=False).new_page()
    page.goto(PRODUCT)
    page.get_by_label("E-mail address").fill("guest@bücher.example")
    page.get_by_role("button", name="Notify me").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Please look into your mails")
    question = mails.wait_for(to("guest@xn--bcher-kva.example", "Please confirm"))
    assert put(site, SOLD_OUT, 2) == 0, "nobody confirmed it"

    page.goto(link(question, "/confirm"))
    page.get_by_role("button", name="Yes, notify me").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("We will write to you")
    assert put(site, SOLD_OUT, 0) == 0, "there is none"
    assert put(site, SOLD_OUT, 3) == 1
    assert put(site, SOLD_OUT, 4) == 0, "everybody was told"
    news = mails.wait_for(to("guest@xn--bcher-kva.example", "Available again"))
    assert news.headers["list-unsubscribe"].startswith(f"<{PUBLIC}/shop/{CHANNEL}/notifications/")

    page.goto(link(news, f"/products/{SOLD_OUT}"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(news.subject.partition(": ")[2])
    page.goto(link(news, "/unsubscribe"))
    page.get_by_role("button", name="End it for all products").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You get no more mails")


def test_a_customer_presses_the_button_in_german(
    open_context: OpenContext, site: Site, mails: MailServerInThread
) -> None:
    page = open_context(java_script_enabled=False, locale="de-DE").new_page()
    page.goto(f"/shop/{CHANNEL}/sign-in?next=/shop/{CHANNEL}/products/{ALSO_SOLD_OUT}")
    page.locator("#login").fill(PATRICIA.login)
    page.locator("#password").fill(PASSWORD)
    page.locator("main button").click()
    expect(page.locator("main")).to_contain_text("Wir schreiben einmal an patricia@example.com")
    page.get_by_role("button", name="Benachrichtigen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Wir schreiben Ihnen")
    assert put(site, ALSO_SOLD_OUT, 1) == 1
    news = mails.wait_for(to("patricia@example.com", "Wieder verfügbar"))
    assert news.headers["content-language"] == "de"


@pytest.mark.parametrize(("look", "size"), [("en", WIDE), ("narrow", NARROW)])
def test_the_form_and_the_pages_look_right(
    open_context: OpenContext, site: Site, look: str, size: object
) -> None:
    put(site, SOLD_OUT, 0)
    page = open_context(viewport=size).new_page()
    page.goto(PRODUCT)
    looks_right(page)
    keep_screenshot(page, f"shop-notify-form-{look}", SCREENSHOTS, in_docs=look == "en")
    page.get_by_label("E-mail address").fill(f"{look}@example.com")
    page.get_by_role("button", name="Notify me").click()
    looks_right(page)
    keep_screenshot(page, f"shop-notify-asked-{look}", SCREENSHOTS, in_docs=False)


@pytest.mark.parametrize(("language", "size"), [("en", WIDE), ("de", NARROW)])
def test_the_mails_look_right(
    open_context: OpenContext,
    site: Site,
    mails: MailServerInThread,
    language: str,
    size: object,
) -> None:
    address = f"reader-{language}@example.com"
    put(site, SOLD_OUT, 0)
    shopper = open_context(locale=language).new_page()
    shopper.goto(PRODUCT)
    shopper.locator("#email").fill(address)
    shopper.locator("main form button").click()
    question = mails.wait_for(lambda mail: mail.recipient == address)
    shopper.goto(link(question, "/confirm"))
    looks_right(shopper)
    shopper.locator("main form button").click()
    put(site, SOLD_OUT, 5)
    news = mails.wait_for(lambda mail: mail.recipient == address and mail.id != question.id)
    page = open_context(viewport=size).new_page()
    for name, mail in (("confirmation", question), ("notification", news)):
        page.set_content(mail.html)
        looks_right(page)
        in_docs = (name, language) == ("notification", "en")
        keep_screenshot(page, f"mail-{name}-{language}", SCREENSHOTS, in_docs=in_docs)
