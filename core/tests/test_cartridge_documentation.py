"""Every hook has a page in the guide: the signature in the table is the real one, and the example runs."""

import asyncio
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from iomconnector import hooks
from iomconnector.cartridges.loading import load_cartridges
from iomconnector.cartridges.offers import find_offer_problems
from iomconnector.container import Container, running
from iomconnector.settings import Settings
from iomconnector.testing.cartridges import CartridgeSite
from iomconnector.web.app import create_web_application

DOCS = Path(__file__).parents[2] / "docs"
GUIDE = (DOCS / "hooks.md").read_text()
HOOKS = sorted(name for name in vars(hooks) if name.startswith("iomconnector_"))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[CartridgeSite]:
    with CartridgeSite(tmp_path / "site") as site:
        yield site


def example_of(hook: str) -> str:
    """The example on the page of a hook."""
    page = GUIDE.partition(f"\n## `{hook}`\n")[2].partition("\n## ")[0]
    (example,) = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    return str(example)


def reference() -> list[str]:
    """The table of all hooks, made of the hooks."""
    rows = []
    for name in HOOKS:
        function = getattr(hooks, name)
        signature = str(inspect.signature(function)).replace("'", "")
        purpose = (inspect.getdoc(function) or "").partition("\n\n")[0].replace("\n", " ")
        rows.append(f"| `{name}{signature}` | {purpose} |")
    return rows


def test_the_reference_is_that_of_the_hooks() -> None:
    written = re.findall(r"^\| `iomconnector_.*$", GUIDE, re.MULTILINE)
    assert written == reference(), "Write these rows into docs/hooks.md:\n" + "\n".join(reference())


def test_there_is_a_page_for_every_hook_and_for_nothing_else() -> None:
    assert sorted(re.findall(r"^## `(.*)`$", GUIDE, re.MULTILINE)) == HOOKS


@pytest.mark.parametrize("hook", HOOKS)
def test_the_example_runs(hook: str, site: CartridgeSite, tmp_path: Path) -> None:
    site.add("acme", "\n" + example_of(hook))
    loaded = load_cartridges(["acme"])
    assert loaded.implementations(hook)
    assert find_offer_problems(loaded) == []

    async def offered() -> int:
        settings = Settings(data_directory=tmp_path / "data")
        async with running(Container(settings=settings, cartridges=loaded)) as application:
            create_web_application(application)
            arguments = dict.fromkeys(loaded.arguments(hook), application)
            return len(loaded.collect(hook, **arguments))

    assert asyncio.run(offered()) >= 1


def test_the_example_of_a_command_loads(site: CartridgeSite) -> None:
    site.add("acme", "\n" + example_of("iomconnector_commands"))
    ((_, command),) = load_cartridges(["acme"]).collect("iomconnector_commands")
    (registered,) = command.load().registered_commands
    assert registered.callback.__doc__ == "List the channels."
