"""How pages look in a real browser: what axe-core finds, what lies beside the screen, pictures for the docs.

It needs axe-playwright-python and Pillow, which a cartridge names among the dependencies of its development.
"""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

COLOURS: Final = 96
WIDE: Final = {"width": 1280, "height": 860}
NARROW: Final = {"width": 360, "height": 760}
VARIABLE: Final = "UPDATE_SCREENSHOTS"
"""The environment variable that asks for pictures: ``1`` for those of the docs, else a folder for all."""


def follow(target: Locator) -> None:
    """Click on something that leads to another page, and wait until that is loaded.

    A click alone may return while the page is being left, and what is evaluated then finds half a document.
    """
    with target.page.expect_navigation():
        target.click()


def serious_violations(page: Page) -> list[str]:
    """What axe-core finds serious or critical."""
    from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

    violations = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {node['html']}: {node.get('failureSummary', '')}"
        for each in violations
        if each["impact"] in {"serious", "critical"}
        for node in each["nodes"]
    ]


def pixels_beside(page: Page) -> int:
    """How many pixels of a page lie beside the screen, so that it has to be moved sideways to be read."""
    beside: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return beside


def keep_screenshot(page: Page, name: str, folder: Path, *, in_docs: bool) -> None:
    """Write a picture of a whole page, where :data:`VARIABLE` asks for it.

    Arguments:
        page: The page.
        name: The name of the file, without ending.
        folder: The folder of the docs' pictures.
        in_docs: Whether the docs have the picture.
    """
    wanted = os.environ.get(VARIABLE, "")
    if not wanted or (wanted == "1" and not in_docs):
        return
    from PIL import Image

    target = folder if wanted == "1" else Path(wanted)
    target.mkdir(parents=True, exist_ok=True)
    with Image.open(BytesIO(page.screenshot(full_page=True, animations="disabled"))) as picture:
        small = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        small.save(target / f"{name}.png", optimize=True)
