"""The commands ``assembly list``, ``check`` and ``explain``."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import pytest
import typer
from typer.testing import CliRunner

from iomconnector.assemblies.resolution import AssemblyError
from iomconnector.cli.assembly_commands import app
from iomconnector.cli.invocation import Invocation
from iomconnector.errors import NotFoundError
from iomconnector.testing.cartridges import CartridgeSite

BASE = """[assembly]
name = "shop"
description = "Sells [bold]things[/bold]."

[[include]]
cartridges = ["shop_orders"]

[[include]]
cartridges = ["shop_content"]
in = ["init"]

[database]
init = ["shop_content"]

[settings]
secret_key = "hunter2"
"""
OWN = """[assembly]
name = "shop-export"
extends = "shop"

[[include]]
cartridges = ["shop_export"]

[[include]]
cartridges = ["shop_tools"]
in = ["development"]
"""
FAULTY = '[assembly]\nname = "faulty"\n[[include]]\ncartridges = ["shop_order"]\nin = ["production"]\n'


@pytest.fixture
def site(tmp_path: Path) -> Iterator[CartridgeSite]:
    with CartridgeSite(tmp_path / "site") as site:
        yield site


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, site: CartridgeSite) -> Path:
    folder = tmp_path / "assemblies"
    folder.mkdir()
    for name, text in (("shop", BASE), ("shop-export", OWN), ("faulty", FAULTY)):
        (folder / f"{name}.toml").write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    monkeypatch.delenv("IOMC_ASSEMBLY_PATH", raising=False)
    site.add("shop_orders", version="2.0")
    site.add("shop_export", requires=["shop-orders"])
    site.add("shop_tools", style="development")
    site.add("shop_content", style="init")
    return folder


def run(*arguments: str, assembly: str = "shop-export", environment: str = "production") -> str:
    result = CliRunner().invoke(
        app, arguments, obj=Invocation(assembly, environment), catch_exceptions=False, standalone_mode=False
    )
    assert result.exit_code == 0
    return result.output


def read(*arguments: str, **selected: str) -> Any:
    return json.loads(run(*arguments, "--format", "json", **selected))


def test_list_names_every_assembly_that_can_be_found(folder: Path) -> None:
    rows = {row["name"]: row for row in read("list", "--env", "development")}
    assert {"shop", "shop-export", "faulty"} <= set(rows)
    assert rows["shop-export"] == {
        "name": "shop-export",
        "extends": "shop",
        "description": "",
        "file": str(folder / "shop-export.toml"),
        "environment": "development",
        "cartridges": ["shop_orders", "shop_export", "shop_tools"],
        "settings": {"secret_key": {"value": "********", "origin": "assemblies/shop.toml:16"}},
        "readable": True,
    }


def test_list_shows_what_stands_in_the_files_without_markup() -> None:
    assert "Sells [bold]things[/bold]." in run("list")


@pytest.mark.parametrize("command", ["list", "explain"])
def test_names_can_be_copied_from_a_narrow_terminal(
    site: CartridgeSite, folder: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    cartridge, assembly = "ac_iomconnector_orderexport_b2b", "shop-with-a-name-as-long-as-any"
    site.add(cartridge, requires=["shop-orders"])
    (folder / f"{assembly}.toml").write_text(
        f'[assembly]\nname = "{assembly}"\nextends = "shop"\n[[include]]\ncartridges = ["{cartridge}"]\n'
    )
    output = run(command, assembly=assembly)
    assert {"list": assembly, "explain": cartridge}[command] in output
    assert max(map(len, output.splitlines())) <= 80


def test_list_goes_on_where_a_file_cannot_be_read(folder: Path) -> None:
    (folder / "broken.toml").write_text("[assembly\n")
    rows = {row["name"]: row for row in read("list")}
    assert rows["broken"]["readable"] is False
    assert rows["shop"]["readable"] is True
    assert "not readable" in run("list")


def test_check_looks_at_all_environments(folder: Path) -> None:
    assert run("check", "shop", "shop-export") == (
        "shop: nothing is wrong in development, test, production, init.\n"
        "shop-export: nothing is wrong in development, test, production, init.\n"
    )


def test_check_without_a_name_takes_the_chosen_assembly() -> None:
    assert run("check", assembly="shop").startswith("shop: nothing is wrong in development, test")


def check(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["check", *arguments], obj=Invocation("shop"))
    return result.exit_code, result.output


def test_check_ends_with_1_where_something_is_wrong(folder: Path) -> None:
    code, output = check("faulty", "shop")
    assert code == 1
    assert "assemblies/faulty.toml:4" in output
    assert "shop: nothing is wrong" in output
    code, output = check("faulty", "--format", "json", "--env", "production", "--env", "test")
    assert code == 1
    assert json.loads(output) == [
        {
            "assembly": "faulty",
            "environments": ["production", "test"],
            "usable": False,
            "findings": [
                {
                    "severity": "warning",
                    "file": str(folder / "faulty.toml"),
                    "line": 1,
                    "message": "The assembly has no cartridges in test.",
                    "mend": "Include some, or do not use it there.",
                },
                {
                    "severity": "error",
                    "file": str(folder / "faulty.toml"),
                    "line": 4,
                    "message": 'The cartridge "shop_order" is not installed.',
                    "mend": 'Did you mean "shop_orders"?',
                },
            ],
        }
    ]


def test_check_ends_with_0_where_there_are_warnings_only() -> None:
    code, output = check("faulty", "--env", "test")
    assert code == 0
    assert "0 errors, 1 warning in test" in output


def test_check_of_an_unknown_assembly_ends_with_1() -> None:
    code, output = check("shop_export")
    assert code == 1
    assert 'No assembly is called "shop_export".' in output
    assert 'Did you mean "shop-export"?' in output


def test_a_wrong_call_ends_with_2() -> None:
    assert check("--env", "prod")[0] == 2
    assert 'Unknown environment "prod". Did you mean "production"?' in check("--env", "prod")[1]
    assert check("--format", "xml")[0] == 2


def test_check_takes_the_environment_chosen_for_the_whole_command_line() -> None:
    root = typer.Typer()
    root.add_typer(app, name="assembly")

    @root.callback()
    def choose(
        context: typer.Context,
        environment: Annotated[str, typer.Option("--env", envvar="IOMC_ENVIRONMENT")] = "development",
    ) -> None:
        context.obj = Invocation("shop", environment)

    def scope(arguments: list[str], env: dict[str, str] | None = None) -> str:
        return CliRunner().invoke(root, arguments, env=env).output.strip()

    chosen, check = ["--env", "test"], ["assembly", "check"]
    assert scope([*chosen, *check]) == "shop: nothing is wrong in test."
    assert scope(check, {"IOMC_ENVIRONMENT": "init"}) == "shop: nothing is wrong in init."
    assert scope(check) == "shop: nothing is wrong in development, test, production, init."
    assert scope([*chosen, *check, "--env", "init"]) == "shop: nothing is wrong in init."


def test_explain_shows_the_whole_assembly(folder: Path) -> None:
    output = run("explain")
    assert "shop-export in production: 2 cartridges" in output
    assert "included by shop in development, test, production (assemblies/shop.toml:6)" in output
    assert "Database preparation: shop_content" in output
    assert "Setting secret_key = ******** (assemblies/shop.toml:16)" in output
    assert "hunter2" not in output


def test_explain_for_programs(folder: Path) -> None:
    document = read("explain")
    assert {key: document[key] for key in ("assembly", "environment", "database", "preparation")} == {
        "assembly": "shop-export",
        "environment": "production",
        "database": ["shop_content"],
        "preparation": ["shop_orders", "shop_content", "shop_export"],
    }
    assert document["settings"] == {"secret_key": {"value": "********", "origin": "assemblies/shop.toml:16"}}
    assert [row["name"] for row in document["cartridges"]] == ["shop_orders", "shop_export"]
    assert document["cartridges"][0] == {
        "name": "shop_orders",
        "position": 1,
        "included": True,
        "prepares_database": False,
        "distribution": "shop-orders",
        "version": "2.0",
        "requires": [],
        "required_by": ["shop_export"],
        "breaks": {"shop_export": ["shop_export", "shop_orders"]},
        "would_need": [],
        "origins": [
            {
                "assembly": "shop",
                "file": str(folder / "shop.toml"),
                "line": 6,
                "how": "included",
                "environments": ["development", "test", "production"],
                "root": None,
            }
        ],
    }


def test_explain_one_cartridge() -> None:
    assert run("explain", "shop_export") == (
        "shop_export: loads as number 2 of 2\n"
        "  included by shop-export in development, test, production (assemblies/shop-export.toml:6)\n"
        "  from shop-export 1.0, module shop_export.cartridge\n"
        "  requires shop_orders: loads as number 1 of 2\n"
        "  nothing else would break without it\n"
    )
    assert "  required by shop_export: loads as number 2 of 2\n" in run("explain", "shop_orders")
    assert read("explain", "shop_orders")["required_by"] == ["shop_export"]


def test_explain_says_why_a_cartridge_is_not_there(folder: Path) -> None:
    assert run("explain", "shop_tools").startswith("shop_tools: does not run in production\n")
    assert run("explain", "shop_content").startswith(
        "shop_content: does not run in production, but prepares its database\n"
    )
    assert run("explain", "shop_tools", "--env", "development").startswith("shop_tools: loads as number 3")
    (folder / "less.toml").write_text(
        '[assembly]\nname = "less"\nextends = "shop-export"\n[exclude]\ncartridges = ["shop_export"]\n'
    )
    assert run("explain", "shop_export", "--assembly", "less") == (
        "shop_export: does not run in production\n"
        "  excluded by less (assemblies/less.toml:5)\n"
        "  from shop-export 1.0, module shop_export.cartridge\n"
        "  requires shop_orders: loads as number 1 of 1\n"
        "  would need nothing more\n"
    )


def test_explain_refuses_what_the_assembly_does_not_mention() -> None:
    with pytest.raises(NotFoundError) as caught:
        run("explain", "shop_exprt")
    assert str(caught.value) == (
        'shop-export does not mention "shop_exprt", and no such cartridge is installed. '
        'Did you mean "shop_export"?'
    )


def test_explain_refuses_an_assembly_with_errors() -> None:
    with pytest.raises(AssemblyError, match='The cartridge "shop_order" is not installed'):
        run("explain", "--assembly", "faulty")


def test_explain_tells_what_would_break_step_by_step(folder: Path) -> None:
    with CartridgeSite(folder.parent / "more") as site:
        site.add("shop_pages", requires=["shop-export"])
        site.add("shop_tax", requires=["shop-rates", "shop-orders"])
        site.add("shop_rates", requires=["shop-base"])
        site.add("shop_base")
        (folder / "pages.toml").write_text(
            '[assembly]\nname = "pages"\nextends = "shop-export"\n[[include]]\ncartridges = ["shop_pages"]\n'
        )
        assert run("explain", "shop_orders", "--assembly", "pages").endswith(
            "  required by shop_export: loads as number 2 of 3\n"
            "  without it would break:\n"
            "    shop_export needs shop_orders\n"
            "    shop_pages needs shop_export needs shop_orders\n"
        )
        assert run("explain", "shop_tax") == (
            "shop_tax: is not included in shop-export\n"
            "  from shop-tax 1.0, module shop_tax.cartridge\n"
            "  requires shop_orders: loads as number 1 of 2\n"
            "  requires shop_rates: is not included in shop-export\n"
            "  would need before it: shop_base, shop_rates\n"
        )
        document = read("explain", "shop_tax")
        assert (document["included"], document["position"]) == (False, None)
        assert document["would_need"] == ["shop_base", "shop_rates"]
        assert document["origins"] == []


def test_check_finds_what_is_wrong_with_hooks(folder: Path) -> None:
    with CartridgeSite(folder.parent / "more") as site:
        file = site.add("shop_pages", "\n@hookimpl\ndef iomconnector_comands():\n    return []\n")
        (folder / "pages.toml").write_text(
            '[assembly]\nname = "pages"\n[[include]]\ncartridges = ["shop_pages"]\n'
        )
        code, output = check("pages", "--env", "production", "--format", "json")
    assert code == 1
    assert [(each["line"], each["message"]) for each in json.loads(output)[0]["findings"]] == [
        (
            4,
            f'The cartridge "shop_pages" cannot be used: {file}:6: there is no hook iomconnector_comands.',
        )
    ]


def test_settings_are_shown_with_the_variable_that_overrides_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOMC_SECRET_KEY", "hunter3")
    monkeypatch.setenv("IOMC_PORT", "81")
    output = run("explain")
    assert "Setting secret_key = ******** (IOMC_SECRET_KEY)" in output
    assert "Setting port = 81 (IOMC_PORT)" in output
    assert read("list")[-1]["settings"]["port"] == {"value": "81", "origin": "IOMC_PORT"}
