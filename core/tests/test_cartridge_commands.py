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
from iomconnector.errors import NotFoundError
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
        "style": "",
        "distribution": "shop-tax",
        "version": "1.0",
        "module": "shop_tax.cartridge",
        "requires": ["shop_map"],
        "environments": ["production"],
        "problems": ["shop-tax requires shop-prices, which is not installed."],
    }
    assert rows["shop_pages"]["environments"] == ["development", "test", "production"]
    assert "Installed cartridges; environments in shop" in run("list")


def test_list_imports_named_cartridges_only_and_tells_their_style(site: CartridgeSite) -> None:
    site.add("shop_map", style="development")
    site.add("shop_bystander", "raise RuntimeError('imported')\n")
    file = site.add("shop_pages", "raise RuntimeError('no ink')\n", version="2.0")
    rows = {row["name"]: row for row in read("list")}
    assert rows["shop_map"]["style"] == "development"
    assert (rows["shop_bystander"]["style"], rows["shop_bystander"]["problems"]) == ("", [])
    assert rows["shop_pages"]["problems"] == [
        f"{file}:5: cannot be imported: RuntimeError: no ink. "
        "Mend the cartridge or take it out of the assembly."
    ]
    assert "development" in run("list")


def test_show_tells_everything_about_one_cartridge(site: CartridgeSite) -> None:
    file = site.folder / "shop_map" / "cartridge.py"
    document = read("show", "shop_map")
    assert document == {
        "name": "shop_map",
        "display_name": "shop_map",
        "style": "cartridge",
        "summary": "",
        "distribution": "shop-map",
        "version": "1.0",
        "module": "shop_map.cartridge",
        "file": str(file),
        "assembly": "shop",
        "environments": ["development", "test", "production"],
        "requires": [],
        "libraries": [],
        "required_by": ["shop_tax"],
        "hooks": [
            {"name": "iomconnector_commands", "location": f"{file}:18"},
            {"name": "iomconnector_extension_points", "location": f"{file}:13"},
        ],
        "service_definitions": [],
        "extension_points": [
            {
                "name": "Mapper.bindTax",
                "signature": "Mapper.bindTax(order, document)",
                "summary": "Called for each order.",
            }
        ],
        "extensions": [],
        "commands": [],
        "preparers": [],
        "templates": [],
        "routes": [],
        "problems": [],
    }
    text = run("show", "shop_pages")
    assert (
        "Mapper.bindTax (100) " + str((site.folder / "shop_pages" / "cartridge.py").relative_to(Path.cwd()))
        in text
    )


def test_show_tells_what_is_wrong_and_ends_with_1(site: CartridgeSite) -> None:
    for name, told in (
        ("shop_tax", "shop-tax requires shop-prices, which is not installed."),
        ("shop_torn", "cannot be imported: ValueError: ink."),
        ("shop_slow", "iomconnector_commands: RuntimeError: ink."),
    ):
        site.add("shop_torn", "raise ValueError('ink')\n")
        site.add("shop_slow", "@hookimpl\ndef iomconnector_commands():\n    raise RuntimeError('ink')\n")
        result = CliRunner().invoke(app, ["show", name], obj=Invocation("shop", "test"))
        assert result.exit_code == 1
        assert told in result.output


ROUTES = """
from fastapi import APIRouter

router = APIRouter(prefix="/tax")


@router.get("/{order}")
def tax(order: str) -> str:
    return order


@hookimpl
def iomconnector_routers(TAKEN):
    return [router]
"""


@pytest.mark.parametrize("taken", ["", "application"])
def test_show_tells_the_routes(
    site: CartridgeSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken: str
) -> None:
    monkeypatch.setenv("IOMC_DATA_DIRECTORY", str(tmp_path / "data"))
    site.add("shop_map", MAPPER + ROUTES.replace("TAKEN", taken))
    assert read("show", "shop_map")["routes"] == ["GET /tax/{order}"]
    site.add("shop_else", ROUTES.replace("TAKEN", taken))
    routes = read("show", "shop_else")["routes"]
    assert routes == (
        ["needs a running application of an assembly that includes it"] if taken else ["GET /tax/{order}"]
    )


def test_show_of_an_unknown_cartridge_tells_what_was_meant() -> None:
    with pytest.raises(NotFoundError) as caught:
        run("show", "shop-mapp")
    assert str(caught.value) == 'No cartridge "shop-mapp" is installed. Did you mean "shop_map"?'


def test_hooks_can_be_chosen_by_name() -> None:
    chosen = read("hooks", "Mapper.bindTax", "iomconnector_routers")
    assert [row["name"] for row in chosen["hooks"]] == ["iomconnector_routers"]
    assert [row["name"] for row in chosen["extension_points"]] == ["Mapper.bindTax"]
    with pytest.raises(NotFoundError) as caught:
        run("hooks", "Mapper.bindTaxes")
    assert str(caught.value).endswith('in this assembly. Did you mean "Mapper.bindTax"?')


TEMPLATE = """
from pathlib import Path
from iomconnector.cartridges.templates import CORE_TEMPLATES, CartridgeTemplate


@hookimpl
def iomconnector_cartridge_templates():
    return [CartridgeTemplate("tax", "taxes.", CORE_TEMPLATES[0].folder, ("Mapper.bindTax",))]
"""


def test_new_uses_the_templates_of_the_assembly(site: CartridgeSite, tmp_path: Path) -> None:
    site.add("shop_map", MAPPER + TEMPLATE)
    rows = {row["hook"]: row["offered_by"] for row in read("templates")}
    assert rows == {
        "iomconnector_commands": "the core",
        "iomconnector_routers": "the core",
        "iomconnector_preparers": "the core",
        "Mapper.bindTax": "shop_map",
    }
    assert "Wrote ink." in run("new", "ink", "--hook", "Mapper.bindTax")
    assert "Ink: taxes." in (tmp_path / "ink" / "README.md").read_text()
    (tmp_path / "else").mkdir()
    run("new", "paper", "--directory", "/".join((str(tmp_path), "else")))
    assert "IOMC_ASSEMBLY_PATH" not in (tmp_path / "else" / "paper" / "README.md").read_text()


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
