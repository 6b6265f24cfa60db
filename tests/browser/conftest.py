"""A back office that a real process serves, and a real Chromium that looks at it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from app_bo.testing.served_office import Shop, Site, prepared_office, serving

ROOT = Path(__file__).parents[2]
FLAGS = ("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run")
PATIENCE_MILLISECONDS = 15_000


@pytest.fixture(scope="session")
def prepared_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A shop with services and people; copy it, do not change it."""
    with prepared_office(tmp_path_factory.mktemp("browser"), ROOT / "assemblies") as shop:
        yield shop


@pytest.fixture(scope="module")
def site(prepared_shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A back office served by a process of its own, with an IOM stand-in beside it; fresh for each module."""
    shop = Shop(tmp_path_factory.mktemp("site") / "shop")
    shutil.copytree(prepared_shop.directory, shop.directory)
    with serving(shop) as site:
        yield site


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A Chromium without a window; ``tools/find_browser.py`` tells which.

    It must not outlive its module: its event loop runs in this thread, and other tests have their own.
    """
    found = subprocess.run(
        [sys.executable, ROOT / "tools" / "find_browser.py", "--no-install"], capture_output=True, text=True
    )
    assert found.returncode == 0, f"{found.stderr}`make browser` installs one where that is possible."
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else list(FLAGS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found.stdout.strip(), args=flags)
        yield browser
        browser.close()


@pytest.fixture
def open_context(chromium: Browser, site: Site) -> Iterator[Callable[..., BrowserContext]]:
    """Opens browser windows without cookies; keywords are those of ``Browser.new_context``."""
    contexts: list[BrowserContext] = []

    def make(**options: object) -> BrowserContext:
        settings = {"base_url": site.url, "locale": "en-GB", "timezone_id": "Europe/Berlin", **options}
        context = chromium.new_context(**settings)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_context: Callable[..., BrowserContext]) -> Page:
    """A page in a fresh window."""
    return open_context().new_page()
