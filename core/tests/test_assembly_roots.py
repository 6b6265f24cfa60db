"""Assemblies from roots: what comes along, in what order, and where."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from iomconnector.assemblies.resolution import Assembly, examine, resolve
from iomconnector.assemblies.roots import by_dependency
from iomconnector.cartridges.descriptor import CartridgeStyle
from iomconnector.cartridges.discovery import InstalledCartridge

REQUIRES: Mapping[str, str] = {
    "orders": "",
    "stock": "",
    "web": "",
    "export": "orders stock",
    "pages": "web orders",
    "ft_shop": "pages export",
    "kit_test": "export",
    "dev_tool": "web dev_server",
    "dev_server": "",
    "leaning": "dev_server",
    "init_shop": "content orders",
    "content": "",
    "dev_demo": "init_shop",
    "round_a": "round_b",
    "round_b": "round_c",
    "round_c": "round_a",
}
STYLES = {"kit": CartridgeStyle.TEST, "dev": CartridgeStyle.DEVELOPMENT, "init": CartridgeStyle.INIT}
INSTALLED = {
    name: InstalledCartridge(name, f"{name}.cartridge", name, "1.0", tuple(requires.split()))
    for name, requires in REQUIRES.items()
}
HEAD = '[assembly]\nname = "shop"\n'


def style(cartridge: InstalledCartridge) -> CartridgeStyle:
    return STYLES.get(cartridge.name.partition("_")[0], CartridgeStyle.CARTRIDGE)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def resolved(environment: str = "production", name: str = "shop.toml") -> Assembly:
    return resolve(name, environment, INSTALLED, read_style=style, environ={})


def findings(name: str = "shop.toml") -> list[str]:
    return [str(each) for each in examine(name, installed=INSTALLED, read_style=style, environ={}).findings]


def roots(*names: str) -> str:
    return f"{HEAD}roots = {list(names)}\n"


def test_a_root_brings_all_that_it_requires_level_by_level_and_by_name(folder: Path) -> None:
    (folder / "shop.toml").write_text(roots("ft_shop"))
    for environment in ("development", "test", "production"):
        order = resolved(environment).cartridges
        assert order == ("orders", "stock", "web", "export", "pages", "ft_shop")
    assert resolved("init").cartridges == ()
    assert findings() == []


def test_several_roots_are_one_order_whatever_their_sequence(folder: Path) -> None:
    (folder / "shop.toml").write_text(roots("pages", "export"))
    assert resolved().cartridges == ("orders", "stock", "web", "export", "pages")
    (folder / "shop.toml").write_text(roots("export", "pages"))
    assert resolved().cartridges == ("orders", "stock", "web", "export", "pages")


def test_what_roots_bring_is_on_the_database_list(folder: Path) -> None:
    (folder / "shop.toml").write_text(roots("export", "init_shop"))
    assert resolved().database == ("content", "orders", "stock", "export", "init_shop")
    assert resolved().cartridges == ("orders", "stock", "export")
    assert resolved("init").cartridges == ("content", "init_shop")


def test_styles_say_where_roots_and_what_they_bring_are(folder: Path) -> None:
    (folder / "shop.toml").write_text(roots("orders", "kit_test", "dev_tool"))
    assert resolved("production").cartridges == ("orders",)
    assert resolved("test").cartridges == ("orders", "stock", "export", "kit_test")
    assert resolved("development").cartridges == (
        "dev_server", "orders", "stock", "web", "dev_tool", "export", "kit_test",
    )  # fmt: skip
    assert findings() == []


def test_an_include_may_say_where_its_roots_are(folder: Path) -> None:
    body = '[[include]]\nroots = ["dev_tool"]\nin = ["development", "test"]\n'
    (folder / "shop.toml").write_text(roots("orders") + body)
    assert resolved("test").cartridges == ("dev_server", "orders", "web", "dev_tool")
    assert resolved("production").cartridges == ("orders",)
    assert findings() == []


def test_tools_of_other_environments_need_not_be_installed(folder: Path) -> None:
    body = '[[include]]\nroots = ["dev_nobody_has_it"]\nin = ["development"]\n'
    (folder / "shop.toml").write_text(roots("orders") + body)
    assert resolved("production").cartridges == ("orders",)
    assert findings() == [
        'shop.toml:5: The cartridge "dev_nobody_has_it" is not installed. '
        "Install the distribution that offers it, or take it out."
    ]


def test_a_development_tool_brings_content_into_init_alone(folder: Path) -> None:
    (folder / "shop.toml").write_text(roots("stock", "dev_demo"))
    assert resolved("development").cartridges == ("stock", "dev_demo")
    assert resolved("production").cartridges == ("stock",)
    assert resolved("init").cartridges == ("content", "orders", "init_shop")
    assert findings() == []


def test_production_never_gets_a_development_cartridge_along(folder: Path) -> None:
    (folder / "shop.toml").write_text(roots("leaning"))
    assert findings() == [
        'shop.toml:3: "leaning" is in production but needs "dev_server", a development cartridge. '
        'Take "leaning" out of production, or remove this requirement of its distribution.',
        'shop.toml:3: "leaning" needs "dev_server", which is missing in test. '
        'Include "dev_server" there too; it stands in shop.toml:3.',
    ]


def test_production_gets_none_along_even_where_the_include_says_production(folder: Path) -> None:
    (folder / "shop.toml").write_text(
        f'{HEAD}[[include]]\nroots = ["leaning"]\nin = ["development", "test", "production"]\n'
    )
    assert findings() == [
        'shop.toml:4: "leaning" is in production but needs "dev_server", a development cartridge. '
        'Take "leaning" out of production, or remove this requirement of its distribution.'
    ]


def test_naming_what_was_excluded_lets_it_come_along_again(folder: Path) -> None:
    (folder / "one.toml").write_text('[assembly]\nname = "one"\n[[include]]\ncartridges = ["stock"]\n')
    (folder / "two.toml").write_text(
        '[assembly]\nname = "two"\nextends = "one"\n[exclude]\ncartridges = ["stock"]\n'
    )
    (folder / "shop.toml").write_text(
        f'{HEAD}extends = "two"\nroots = ["export"]\n[[include]]\nroots = ["stock"]\nin = ["test"]\n'
    )
    assert findings() == []
    assert resolved("production").cartridges == ("orders", "stock", "export")


def test_the_list_of_the_extended_assembly_comes_first(folder: Path) -> None:
    (folder / "base.toml").write_text(
        '[assembly]\nname = "base"\n[[include]]\ncartridges = ["web", "orders"]\n'
    )
    (folder / "shop.toml").write_text(f'{HEAD}extends = "base"\nroots = ["ft_shop"]\n')
    assert resolved().cartridges == ("web", "orders", "stock", "export", "pages", "ft_shop")


def test_includes_follow_what_the_roots_bring_and_add_environments(folder: Path) -> None:
    body = '[[include]]\ncartridges = ["content", "dev_server"]\nin = ["test"]\n'
    (folder / "shop.toml").write_text(roots("dev_server", "export") + body)
    assert resolved("test").cartridges == ("dev_server", "orders", "stock", "export", "content")
    assert resolved("development").cartridges == ("dev_server", "orders", "stock", "export")


def test_a_later_file_may_extend_roots_with_a_list(folder: Path) -> None:
    (folder / "base.toml").write_text('[assembly]\nname = "base"\nroots = ["export"]\n')
    (folder / "shop.toml").write_text(
        f'{HEAD}extends = "base"\n[[include]]\ncartridges = ["web", "pages"]\n'
        '[exclude]\ncartridges = ["export"]\n'
    )
    assert resolved().cartridges == ("orders", "stock", "web", "pages")


def test_what_is_excluded_does_not_come_along_and_is_missed(folder: Path) -> None:
    (folder / "shop.toml").write_text(roots("ft_shop") + '[exclude]\ncartridges = ["stock"]\n')
    assert findings() == [
        'shop.toml:5: "stock" is excluded, but "export" needs it. Exclude "export" too, or keep "stock".'
    ]


def test_what_an_extended_assembly_excluded_comes_in_by_name_only(folder: Path) -> None:
    (folder / "one.toml").write_text('[assembly]\nname = "one"\n[[include]]\ncartridges = ["stock"]\n')
    (folder / "two.toml").write_text(
        '[assembly]\nname = "two"\nextends = "one"\n[exclude]\ncartridges = ["stock"]\n'
    )
    (folder / "shop.toml").write_text(f'{HEAD}extends = "two"\nroots = ["export"]\n')
    assert findings()[0].startswith('two.toml:5: "stock" is excluded, but "export" needs it.')
    (folder / "shop.toml").write_text(f'{HEAD}extends = "two"\nroots = ["export", "stock"]\n')
    assert resolved().cartridges == ("orders", "stock", "export")


def test_a_root_that_is_excluded_by_the_same_file_is_refused(folder: Path) -> None:
    (folder / "shop.toml").write_text(roots("export", "web") + '[exclude]\ncartridges = ["web"]\n')
    assert findings() == [
        'shop.toml:5: "web" is included and excluded by the same file. Remove one of the two.'
    ]


def test_a_circle_is_named_once(folder: Path) -> None:
    (folder / "shop.toml").write_text(roots("round_b"))
    assert findings() == [
        "shop.toml:3: The cartridges need each other in a circle: round_a -> round_b -> round_c -> round_a. "
        "Remove one of these requirements of their distributions."
    ]


def test_a_root_that_only_prepares_is_told_without_environments(folder: Path) -> None:
    (folder / "shop.toml").write_text(roots("init_shop", "export"))
    told = [str(origin) for origin in resolved().why["orders"]]
    assert "brought along by init_shop, a root of shop (shop.toml:3)" in told


def test_every_cartridge_tells_the_root_that_brought_it(folder: Path) -> None:
    (folder / "shop.toml").write_text(roots("pages", "export"))
    assert [str(origin) for origin in resolved().why["orders"]] == [
        "brought along by pages, a root of shop, in development, test, production (shop.toml:3)",
        "brought along by export, a root of shop, in development, test, production (shop.toml:3)",
        "put on the database list by shop (shop.toml:3)",
    ]
    assert str(resolved().why["export"][0]) == (
        "named as a root by shop in development, test, production (shop.toml:3)"
    )


def test_of_a_circle_the_first_by_name_goes_ahead() -> None:
    requires = {"b": ("a",), "a": ("b",), "c": ("a",), "d": ()}
    assert by_dependency(requires, lambda name: requires[name]) == ("d", "a", "b", "c")
