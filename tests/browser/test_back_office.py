"""What people do in the back office: with a mouse, with the keyboard alone, and without JavaScript."""

import shutil
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from app_bo.testing.office import CHANNEL, ORGANIZATION, OTHER_CHANNEL, PASSWORD
from app_bo.testing.served_office import Shop, Site, serving
from app_bo.testing.visitor import sign_in

OpenContext = Callable[..., BrowserContext]


def tab_to(page: Page, target: Locator, *, presses: int = 60) -> None:
    """Press the tabulator until something has the focus."""
    for _ in range(presses):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{target} cannot be reached with the keyboard")


def type_into(page: Page, label: str, text: str) -> None:
    """Reach a field with the keyboard and type."""
    tab_to(page, page.get_by_label(label, exact=True))
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type(text)


def press(page: Page, name: str) -> None:
    """Reach a button or link with the keyboard and press it."""
    target = page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name))
    tab_to(page, target)
    page.keyboard.press("Enter")


def test_signing_in_and_adding_a_service_with_the_keyboard_alone(page: Page, site: Site) -> None:
    page.goto(f"/bo/services?context={OTHER_CHANNEL}")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    type_into(page, "Name", "ada")
    type_into(page, "Password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site.url}/bo/services?context={OTHER_CHANNEL}")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
    press(page, "New configuration")
    tab_to(page, page.get_by_role("radio").first)
    mail = page.get_by_label("SMTP Mail Service")
    for _ in range(page.get_by_role("radio").count()):
        if mail.is_checked():
            break
        page.keyboard.press("ArrowDown")
    expect(mail).to_be_checked()
    page.keyboard.press("Enter")
    type_into(page, "Id", "keyboard-mail")
    tab_to(page, page.get_by_label("Active", exact=True))
    page.keyboard.press("Space")
    press(page, "Next")
    type_into(page, "Host", "keys.example.com")
    type_into(page, "Port", "70000")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    press(page, "Port")
    expect(page.get_by_label("Port", exact=True)).to_be_focused()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("2525")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Shared and active")).to_be_checked()
    press(page, "Next")
    press(page, "Save")
    expect(page.get_by_role("status")).to_have_text("The service configuration is added.")
    expect(page.get_by_role("main")).to_contain_text("keys.example.com")
    expect(page.get_by_role("main")).to_contain_text("2525")


def test_everything_works_without_javascript(open_context: OpenContext, site: Site) -> None:
    page = open_context(java_script_enabled=False).new_page()
    sign_in(page, "ada")
    page.get_by_role("link", name="New configuration").click()
    page.get_by_label("Context", exact=True).select_option(ORGANIZATION)
    page.get_by_label("Reverse Service").check()
    page.get_by_role("button", name="Next").click()
    page.get_by_label("Id", exact=True).fill("reverse")
    page.get_by_label("Active", exact=True).uncheck()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Next").click()
    page.get_by_label("Unshared").check()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_label("Unshared")).to_be_checked()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("added")
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Display name").fill("Reverse of old")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Reverse of old")
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_role("heading", level=1)).to_have_text("Reverse of old")
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete it for good").click()
    expect(page.get_by_role("status")).to_contain_text("deleted")


def test_a_competitor_is_replaced_and_the_audit_trail_tells_it(page: Page) -> None:
    sign_in(page, "oscar")
    page.goto(f"/bo/services?context={CHANNEL}")
    page.get_by_role("button", name="Activate Warehouse Jena").click()
    expect(page.get_by_role("alert").or_(page.locator(".note.warn"))).to_contain_text(
        "Only one adapter allowed to be executable of InventoryService, but 2 adapters found."
    )
    page.get_by_role("button", name="Activate it and deactivate the others").click()
    row = page.get_by_role("row", name="Warehouse Jena")
    expect(row).to_contain_text("Operational")
    expect(page.get_by_role("row", name="Stock of the shop")).to_contain_text("Not operational")
    expect(page.get_by_role("row", name="Stock of the shop")).to_contain_text("overridden")
    page.get_by_role("link", name="Audit trail", exact=True).click()
    page.get_by_label("About").select_option("Services")
    page.get_by_label("Id of what was changed").fill("warehouse")
    page.get_by_role("button", name="Show").click()
    latest = page.get_by_role("row").nth(1)
    expect(latest).to_contain_text("oscar")
    expect(latest).to_contain_text("active no→ became yes")


def test_a_channel_departs_from_the_sharing_rule_and_follows_it_again(page: Page) -> None:
    sign_in(page, "oscar")
    page.goto("/bo/services/mail")
    business = page.get_by_role("row", name="inTRONICS Business channel")
    expect(business).to_contain_text("Not operational")
    business.get_by_role("button", name="Follow the rule again").click()
    expect(business).not_to_contain_text("Not operational")
    expect(business).to_contain_text("Operational")
    business.get_by_role("button", name="Deactivate here").click()
    expect(business).to_contain_text("overridden")
    page.goto(f"/bo/services?context={OTHER_CHANNEL}")
    expect(page.get_by_role("row", name="Shop mail")).to_contain_text(
        "deactivated in inSPIRED-inTRONICS_Business"
    )


def test_a_connection_to_the_stand_in_is_tested_before_and_after_saving(page: Page, site: Site) -> None:
    sign_in(page, "ada")
    page.goto("/bo/services/iom-order-export-intronics/edit")
    address = page.get_by_label("Address of IOM")
    address.fill("http://127.0.0.1:9")
    page.get_by_role("button", name="Test connection").click()
    expect(page.get_by_role("alert")).to_contain_text("The connection does not work")
    address.fill(f"http://127.0.0.1:{site.iom}")
    page.get_by_role("button", name="Test connection").click()
    expect(page.get_by_role("status")).to_contain_text("The connection works")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("saved")
    page.get_by_role("button", name="Test connection").click()
    expect(page.get_by_role("status")).to_contain_text("The connection works")
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Password", exact=False).first.fill("not the password")
    page.get_by_role("button", name="Test connection").click()
    expect(page.get_by_role("alert")).to_contain_text("The connection does not work")
    assert "not the password" not in page.content()


def test_repeated_failures_lock_an_account_until_it_is_unlocked(page: Page, site: Site) -> None:
    for _ in range(5):
        sign_in(page, "rita", "wrong")
    sign_in(page, "rita")
    expect(page.get_by_role("alert")).to_contain_text("After several failures nobody is let in for a while")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    sign_in(page, "ada")
    page.goto("/bo/accounts")
    expect(page.get_by_role("row", name="Rita Reader")).to_contain_text("Locked")
    page.get_by_role("link", name="Rita Reader").click()
    page.get_by_role("button", name="Unlock").click()
    page.get_by_role("button", name="Sign out").click()
    sign_in(page, "rita")
    expect(page.get_by_role("heading", name="Services")).to_be_visible()


def test_a_session_that_expired_leads_to_the_sign_in_page_and_back(
    prepared_shop: Shop, open_context: OpenContext, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shop = Shop(tmp_path_factory.mktemp("expiry") / "shop")
    shutil.copytree(prepared_shop.directory, shop.directory)
    with serving(shop, IOMC_SESSION_IDLE_MINUTES="0.03") as site:
        page = open_context(base_url=site.url).new_page()
        sign_in(page, "ada")
        expect(page.get_by_role("heading", name="Services")).to_be_visible()
        page.wait_for_timeout(2500)
        page.goto("/bo/audit?subject=mail")
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        expect(page.get_by_role("main")).to_contain_text("Your session has ended")
        page.get_by_label("Name").fill("ada")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page).to_have_url(f"{site.url}/bo/audit?subject=mail")
        expect(page.get_by_label("Id of what was changed")).to_have_value("mail")


def test_the_theme_changes_at_once_and_stays(page: Page) -> None:
    page.goto("/bo/sign-in")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    with page.expect_response("**/bo/theme"):
        page.get_by_role("button", name="Dark").click()
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert dark != light
    page.reload()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == dark


def test_nothing_moves_where_less_motion_is_asked_for(open_context: OpenContext) -> None:
    for motion, duration in (("reduce", "0s"), ("no-preference", "0.12s, 0.12s, 0.12s")):
        page = open_context(reduced_motion=motion).new_page()
        page.goto("/bo/sign-in")
        button = page.get_by_role("button", name="Sign in")
        assert button.evaluate("element => getComputedStyle(element).transitionDuration") == duration


def test_no_status_is_told_by_colour_alone(page: Page) -> None:
    sign_in(page, "ada")
    for path in (
        f"/bo/services?context={CHANNEL}",
        "/bo/services/mail",
        "/bo/service-types",
        "/bo/preparation",
    ):
        page.goto(path)
        found = page.locator(".status").all()
        assert found, path
        for status in found:
            assert status.locator("svg").count() == 1, path
            assert status.inner_text().strip(), path


def test_a_long_word_makes_no_page_wider_than_the_screen(page: Page) -> None:
    sign_in(page, "ada")
    page.goto("/bo/services/documents/edit")
    page.get_by_label("Display name").fill("W" * 200)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("W" * 200)
    expect(page.locator("dd .sub")).to_have_css("display", "block")
    for width in (320, 640, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        for path in (
            f"/bo/services?context={CHANNEL}",
            "/bo/services/documents",
            "/bo/services/documents/edit",
        ):
            page.goto(path)
            beside = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert beside == 0, (width, path)
