"""Every page in light, dark and narrow: axe-core finds nothing serious, nothing lies beside the screen."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page

from app_bo.testing.served_office import Site
from app_bo.testing.visitor import sign_in
from iomconnector.testing.browser_looks import (
    NARROW,
    WIDE,
    follow,
    keep_screenshot,
    pixels_beside,
    serious_violations,
)

ROOT = Path(__file__).parents[2]
SCREENSHOTS = ROOT / "docs" / "screenshots"
LOOKS = {
    "light": {"viewport": WIDE, "color_scheme": "light"},
    "dark": {"viewport": WIDE, "color_scheme": "dark"},
    "narrow": {"viewport": NARROW, "color_scheme": "light"},
}
IN_DOCS: dict[str, set[str]] = {
    "light": set(),
    "dark": {"services", "operations"},
    "narrow": {"services", "order"},
}


def _start_assistant(page: Page) -> None:
    page.goto("/bo/new-service?context=inSPIRED")


def _assistant_general(page: Page) -> None:
    _start_assistant(page)
    page.get_by_label("SMTP Mail Service").check()
    follow(page.get_by_role("button", name="Next"))


def _assistant_settings(page: Page) -> None:
    _assistant_general(page)
    page.get_by_label("Id", exact=True).fill("mail-business")
    follow(page.get_by_role("button", name="Next"))


def _assistant_settings_wrong(page: Page) -> None:
    _assistant_settings(page)
    page.get_by_label("Port").fill("70000")
    follow(page.get_by_role("button", name="Next"))


def _assistant_sharing(page: Page) -> None:
    _assistant_settings(page)
    page.get_by_label("Host").fill("mail.example.com")
    follow(page.get_by_role("button", name="Next"))


def _assistant_review(page: Page) -> None:
    _assistant_sharing(page)
    follow(page.get_by_role("button", name="Next"))


def _replace(page: Page) -> None:
    page.goto("/bo/services/warehouse")
    follow(page.get_by_role("button", name="Activate"))


def _tested(page: Page) -> None:
    page.goto("/bo/services/mail")
    follow(page.get_by_role("button", name="Test connection"))


def _stale(page: Page) -> None:
    page.goto("/bo/services/mail/edit")
    page.get_by_label("User").fill("webshop")
    other = page.context.new_page()
    other.goto("/bo/services/mail/edit")
    timeout = other.get_by_label("Time-out")
    timeout.fill("20" if timeout.input_value() == "10" else "10")
    follow(other.get_by_role("button", name="Save"))
    other.close()
    follow(page.get_by_role("button", name="Save"))


def _opened_life(page: Page) -> None:
    page.goto("/bo/orders/inSPIRED-inTRONICS/2026112817")
    page.get_by_text("Request and answer").first.click()


def _correction(page: Page) -> None:
    page.goto("/bo/corrections/inSPIRED-inTRONICS/2026112818")
    document = page.get_by_label("Document of the order")
    document.fill(document.input_value().replace("Jena", "Weimar"))
    page.get_by_label("Why it is corrected").fill("The customer called: the city was wrong.")
    follow(page.get_by_role("button", name="See the difference"))


def _refused(page: Page) -> None:
    follow(page.get_by_role("button", name="Sign out"))
    page.get_by_label("Name").fill("ada")
    page.get_by_label("Password").fill("wrong")
    follow(page.get_by_role("button", name="Sign in"))


def _at(path: str) -> Callable[[Page], None]:
    def go(page: Page) -> None:
        page.goto(path)

    return go


PAGES: dict[str, Callable[[Page], None]] = {
    "orders": _at("/bo/orders"),
    "order": _opened_life,
    "order-correction": _correction,
    "orders-bulk": _at("/bo/bulk?act=retry&channel=inSPIRED-inTRONICS&why=The+product+exists+now"),
    "operations": _at("/bo/operations"),
    "services": _at("/bo/services?context=inSPIRED-inTRONICS"),
    "service": _at("/bo/services/mail"),
    "service-tested": _tested,
    "service-stale": _stale,
    "service-edit": _at("/bo/services/mail/edit"),
    "service-delete": _at("/bo/services/mail/delete"),
    "service-types": _at("/bo/service-types"),
    "new-service-1": _start_assistant,
    "new-service-2": _assistant_general,
    "new-service-3": _assistant_settings,
    "new-service-3-wrong": _assistant_settings_wrong,
    "new-service-4": _assistant_sharing,
    "new-service-5": _assistant_review,
    "replace": _replace,
    "audit": _at("/bo/audit"),
    "assembly": _at("/bo/assembly"),
    "cartridge": _at("/bo/cartridges/ac_iomconnector_orderexport_b2b"),
    "hooks": _at("/bo/hooks"),
    "preparation": _at("/bo/preparation"),
    "order-numbers": _at("/bo/order-numbers"),
    "accounts": _at("/bo/accounts"),
    "account": _at("/bo/accounts/oscar"),
    "own-account": _at("/bo/own-account"),
    "not-found": _at("/bo/nowhere"),
    "sign-in": _refused,
}
TOLD_IN_CONSOLE = {"service-stale", "sign-in", "replace", "new-service-3-wrong", "not-found"}
"""Pages that come with an HTTP status which the browser tells of in its console."""


@pytest.mark.parametrize("look", LOOKS)
def test_every_page(site: Site, open_context: Callable[..., BrowserContext], look: str) -> None:
    problems: list[str] = []
    context = open_context(**LOOKS[look])
    page = context.new_page()
    console: list[ConsoleMessage] = []
    page.on("console", lambda message: console.append(message))
    page.on("pageerror", lambda error: problems.append(str(error)))
    sign_in(page, "ada")
    for name, go in PAGES.items():
        console.clear()
        go(page)
        problems += [f"{name}: axe: {each}" for each in serious_violations(page)]
        if name not in TOLD_IN_CONSOLE:
            problems += [f"{name}: {each.text}" for each in console if each.type == "error"]
        if (beside := pixels_beside(page)) > 0:
            problems.append(f"{name}: {beside} pixels lie beside the screen")
        kept = IN_DOCS[look]
        suffix = "" if look == "light" else f"-{look}"
        keep_screenshot(page, f"{name}{suffix}", SCREENSHOTS, in_docs=not kept or name in kept)
    assert not problems, "\n".join(problems)
