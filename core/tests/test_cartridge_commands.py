"""The commands ``cartridge list`` and ``cartridge hooks``."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from iomconnector import hooks
from iomconnector.cli.cartridge_commands import app
from iomconnector.cli.invocation import Invocation
from iomconnector.testing.cartridges import CartridgeSite

ASSEMBLY = """[assembly]
name = "shop"
[[include]]
cartridges = ["shop_pages", "shop_map"]
[[include]]
cartridges = ["shop_tax"]
in = ["production"]
"""

MAPPER = """
from iomconnector.cartridges.extensions import ExtensionPoint


def bind(order, document):
    pass


@hookimpl
def iomconnector_extension_points():
    return [ExtensionPoint("Mapper.bindTax", "Called for each order.", bind)]


@hookimpl
def iomconnector_commands():
    return []
"""

BINDING = """
from iomconnector.cartridges.extensions import Extension


def bind(order, document):
    pass


@hookimpl
def iomconnector_extensions():
    return [Extension("Mapper.bindTax", bind, priority={priority})]


@hookimpl
def iomconnector_commands():
    return []
"""


@pytest.fixture(autouse=True)
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CartridgeSite]:
    folder = tmp_path / "assemblies"
    folder.mkdir()
    (folder / "shop.toml").write_text(ASSEMBLY)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    with CartridgeSite(tmp_path / "site") as site:
        site.add("shop_pages", BINDING.format(priority=100), version="2.0")
        site.add("shop_map", MAPPER)
        site.add("shop_tax", BINDING.format(priority=1), requires=["shop-map", "shop-prices"])
        yield site


def run(*arguments: str, environment: str = "test") -> str:
    result = CliRunner().invoke(app, arguments, obj=Invocation("shop", environment), catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def read(*arguments: str, environment: str = "test") -> Any:
    return json.loads(run(*arguments, "--format", "json", environment=environment))


def test_list_shows_what_is_installed_and_where_the_assembly_has_it() -> None:
    rows = {row["name"]: row for row in read("list")}
    assert rows["shop_tax"] == {
        "name": "shop_tax",
        "distribution": "shop-tax",
        "version": "1.0",
        "module": "shop_tax.cartridge",
        "requires": ["shop_map"],
        "environments": ["production"],
        "problems": ["shop-tax requires shop-prices, which is not installed."],
    }
    assert rows["shop_pages"]["environments"] == ["development", "test", "production"]
    assert "Installed cartridges; environments in shop" in run("list")


def test_list_imports_no_cartridge(site: CartridgeSite) -> None:
    site.add("shop_pages", "raise RuntimeError('imported')\n", version="2.0")
    assert "shop_pages" in {row["name"] for row in read("list")}


def test_list_works_without_an_assembly() -> None:
    rows = {row["name"]: row for row in read("list", "--assembly", "none-of-these")}
    assert rows["shop_pages"]["environments"] == []
    assert "Installed cartridges; there is no assembly none-of-these" in run(
        "list", "--assembly", "none-of-these"
    )


def test_hooks_shows_every_hook_of_the_framework() -> None:
    rows = {row["name"]: row for row in read("hooks")["hooks"]}
    specified = {name for name in vars(hooks) if name.startswith("iomconnector_")}
    assert set(rows) == specified
    assert all(row["summary"] for row in rows.values())
    assert rows["iomconnector_routers"]["signature"] == (
        "iomconnector_routers(application: Application) -> Sequence[APIRouter]"
    )


def test_hooks_shows_who_binds_in_load_order(site: CartridgeSite) -> None:
    rows = {row["name"]: row for row in read("hooks")["hooks"]}
    bound = rows["iomconnector_commands"]["bound"]
    assert [each["cartridge"] for each in bound] == ["shop_pages", "shop_map"]
    assert bound[1]["location"] == f"{site.folder / 'shop_map' / 'cartridge.py'}:18"


def test_hooks_shows_extension_points_with_what_is_bound_in_calling_order(site: CartridgeSite) -> None:
    site.add("shop_tax", BINDING.format(priority=1), requires=["shop-map"])
    (point,) = read("hooks", environment="production")["extension_points"]
    assert point["name"] == "Mapper.bindTax"
    assert point["declared_by"] == "shop_map"
    assert point["signature"] == "Mapper.bindTax(order, document)"
    assert point["summary"] == "Called for each order."
    assert [(each["cartridge"], each["priority"]) for each in point["bound"]] == [
        ("shop_tax", 1),
        ("shop_pages", 100),
    ]
    assert point["bound"][0]["location"] == f"{site.folder / 'shop_tax' / 'cartridge.py'}:9"
    output = run("hooks", environment="production")
    assert "Called for each order. Declared by shop_map." in output
    assert "shop_tax (1)" in output


@pytest.mark.parametrize("module", ["assembly_commands", "cartridge_commands", "terminal"])
def test_the_commands_import_nothing_heavy_until_they_run(module: str) -> None:
    script = (
        f"import sys, iomconnector.cli.{module}\n"
        "heavy = {'rich', 'pluggy', 'packaging', 'pydantic', 'sqlalchemy', 'fastapi'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
