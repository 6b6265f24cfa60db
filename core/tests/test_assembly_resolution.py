"""Resolving assemblies: order, environments, database list, settings and where everything is from."""

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from iomconnector.assemblies.resolution import Assembly, AssemblyError, examine, resolve
from iomconnector.cartridges.descriptor import CartridgeStyle
from iomconnector.cartridges.discovery import InstalledCartridge, installed_cartridges
from iomconnector.testing.cartridges import CartridgeSite

CONTENT = ("init_a", "init_b")


def installed(**requires: str) -> Mapping[str, InstalledCartridge]:
    """The cartridges a to e and two init cartridges; the keywords say what each requires."""
    names = [*"abcde", *CONTENT]
    return {
        name: InstalledCartridge(
            name, f"{name}.cartridge", name, "1.0", tuple(requires.get(name, "").split())
        )
        for name in names
    }


def style(cartridge: InstalledCartridge) -> CartridgeStyle:
    return CartridgeStyle.INIT if cartridge.name in CONTENT else CartridgeStyle.CARTRIDGE


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder: Path, name: str, body: str, head: str = "") -> None:
    (folder / "assemblies").mkdir(exist_ok=True)
    text = f'[assembly]\nname = "{name}"\n{head}\n{body}'
    (folder / "assemblies" / f"{name}.toml").write_text(text)


def include(names: str, environments: str = "") -> str:
    scope = f"in = {environments.split()!r}\n" if environments else ""
    return f"[[include]]\ncartridges = {names.split()!r}\n{scope}"


def resolved(
    name: str, environment: str = "production", environ: Mapping[str, str] | None = None, **requires: str
) -> Assembly:
    known = installed(**requires)
    return resolve(name, environment, known, read_style=style, environ=environ or {})


def test_the_base_comes_first_and_the_first_position_wins(folder: Path) -> None:
    write(folder, "one", include("b a"))
    write(folder, "two", include("c b") + include("d"), head='extends = "one"')
    write(folder, "three", include("e d a"), head='extends = "two"')
    assembly = resolved("three")
    assert assembly.cartridges == ("b", "a", "c", "d", "e")
    assert assembly.name == "three"
    assert assembly.environment == "production"
    assert [file.name for file in assembly.files] == ["one.toml", "two.toml", "three.toml"]


def test_an_explicit_order_sorts_the_own_includes_behind_the_base(folder: Path) -> None:
    write(folder, "one", include("b a"))
    write(folder, "two", include("c d") + include("e"), head='extends = "one"\norder = ["e", "d", "c"]')
    assert resolved("two").cartridges == ("b", "a", "e", "d", "c")


def test_what_the_order_leaves_out_comes_last_with_a_warning(folder: Path) -> None:
    write(folder, "one", include("c d a"), head='order = ["a", "d"]')
    assert resolved("one").cartridges == ("a", "d", "c")
    findings = examine("one", ["test"], installed(), read_style=style).findings
    assert [str(finding) for finding in findings] == [
        'assemblies/one.toml:5: warning: "c" is included but missing from the order, so it comes last. '
        "Add it to the order."
    ]


def test_excluded_cartridges_do_not_come_along(folder: Path) -> None:
    write(folder, "one", include("a b c") + '[database]\ninit = ["b"]\n')
    write(folder, "two", include("d") + '[exclude]\ncartridges = ["b"]\n', head='extends = "one"')
    assembly = resolved("two")
    assert assembly.cartridges == ("a", "c", "d")
    assert assembly.database == ()
    assert [str(origin) for origin in assembly.why["b"]] == ["excluded by two (assemblies/two.toml:7)"]


def test_an_excluded_cartridge_can_come_in_again_on_the_next_level(folder: Path) -> None:
    write(folder, "one", include("a b"))
    write(folder, "two", '[exclude]\ncartridges = ["a"]\n', head='extends = "one"')
    write(folder, "three", include("c a"), head='extends = "two"')
    assert resolved("three").cartridges == ("b", "c", "a")


def test_without_environments_an_include_is_in_all_but_init(folder: Path) -> None:
    write(folder, "one", include("a") + include("b", "test") + include("init_a", "init"))
    assert resolved("one", "development").cartridges == ("a",)
    assert resolved("one", "test").cartridges == ("a", "b")
    assert resolved("one", "production").cartridges == ("a",)
    assert resolved("one", "init").cartridges == ("init_a",)


def test_a_further_include_adds_environments(folder: Path) -> None:
    write(folder, "one", include("a", "test") + include("b"))
    write(folder, "two", include("a", "production"), head='extends = "one"')
    assert resolved("two", "test").cartridges == ("a", "b")
    assert resolved("two", "production").cartridges == ("a", "b")
    assert resolved("two", "development").cartridges == ("b",)


DATABASE = include("a", "production") + include("b", "test") + include("init_a", "init")


def test_the_database_list_follows_load_order_and_environment(folder: Path) -> None:
    write(folder, "one", DATABASE + '[database]\ninit = ["init_b", "init_a", "b", "a"]\n')
    assert resolved("one", "production").database == ("a", "init_a", "init_b")
    assert resolved("one", "test").database == ("b", "init_a", "init_b")
    assert resolved("one", "development").database == ("init_a", "init_b")
    assert resolved("one", "init").database == ("a", "b", "init_a", "init_b")


def test_the_database_list_of_the_base_is_inherited(folder: Path) -> None:
    write(folder, "one", include("a") + '[database]\ninit = ["init_b", "a"]\n')
    write(folder, "two", '[database]\ninit = ["init_a", "init_b"]\n', head='extends = "one"')
    assert resolved("two").database == ("a", "init_b", "init_a")


def test_preparation_loads_what_runs_and_what_prepares_and_all_that_these_require(folder: Path) -> None:
    body = include("a b c", "production") + include("init_a", "init") + '[database]\ninit = ["init_a"]\n'
    write(folder, "one", body)
    assert resolved("one", "production", init_a="c", c="a").preparation == ("a", "b", "c", "init_a")
    assert resolved("one", "init", init_a="c", c="a").preparation == ("a", "c", "init_a")


def test_what_runs_may_need_content_that_is_prepared_only(folder: Path) -> None:
    body = include("init_a", "init") + include("a") + '[database]\ninit = ["init_a"]\n'
    write(folder, "one", body)
    assembly = resolved("one", a="init_a")
    assert assembly.cartridges == ("a",)
    assert assembly.preparation == ("init_a", "a")


def test_every_origin_of_a_cartridge_is_told(folder: Path) -> None:
    write(folder, "one", include("a", "test"))
    body = include("b a", "production test") + '[database]\ninit = ["a"]\n'
    write(folder, "two", body, head='extends = "one"')
    why = resolved("two").why
    assert list(why) == ["a", "b"]
    assert [str(origin) for origin in why["a"]] == [
        "included by one in test (assemblies/one.toml:5)",
        "included by two in production, test (assemblies/two.toml:5)",
        "put on the database list by two (assemblies/two.toml:8)",
    ]


SETTINGS_BASE = """
[settings]
log_format = "console"
workers = 1
[settings.production]
log_format = "json"
hosts = ["a"]
"""
SETTINGS_OWN = """
[settings]
workers = 2
log_format = "plain"
[settings.test]
workers = 3
"""


def test_settings_merge_base_then_own_then_environment_then_variables(folder: Path) -> None:
    write(folder, "one", include("a") + SETTINGS_BASE)
    write(folder, "two", include("b") + SETTINGS_OWN, head='extends = "one"')
    assert resolved("two", "development").settings == {"log_format": "plain", "workers": 2}
    assert resolved("two", "test").settings == {"log_format": "plain", "workers": 3}
    environ = {"IOMC_SETTING_WORKERS": "8", "IOMC_SETTING_REGION": "eu", "IOMC_OTHER": "x"}
    assembly = resolved("two", "production", environ)
    assert assembly.settings == {"log_format": "json", "workers": 8, "hosts": ["a"], "region": "eu"}
    assert assembly.setting_origins == {
        "log_format": "assemblies/one.toml:11",
        "workers": "IOMC_SETTING_WORKERS",
        "hosts": "assemblies/one.toml:12",
        "region": "IOMC_SETTING_REGION",
    }


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("true", True),
        ("1.5", 1.5),
        ('["a", 1]', ["a", 1]),
        ('"12"', "12"),
        ("0042", "0042"),
        ("json", "json"),
        ("", ""),
        ("{ a = 1 }", "{ a = 1 }"),
        ("1\nother = 2", "1\nother = 2"),
        ("2026-11-23", "2026-11-23"),
    ],
)
def test_a_variable_is_read_as_a_toml_value_or_as_text(folder: Path, text: str, value: object) -> None:
    write(folder, "one", include("a"))
    assembly = resolved("one", environ={"IOMC_SETTING_REGION": text})
    assert assembly.settings == {"region": value}
    assert type(assembly.settings["region"]) is type(value)


def test_a_variable_for_a_text_setting_stays_text(folder: Path) -> None:
    write(folder, "one", include("a") + '[settings]\nregion = "eu"\nratio = 0.5\n')
    environ = {"IOMC_SETTING_REGION": "12", "IOMC_SETTING_RATIO": "1"}
    assert resolved("one", environ=environ).settings == {"region": "12", "ratio": 1}


def test_a_variable_of_another_type_is_refused_without_its_value(folder: Path) -> None:
    write(folder, "one", include("a") + "[settings]\nworkers = 4\n")
    with pytest.raises(AssemblyError) as caught:
        resolved("one", environ={"IOMC_SETTING_WORKERS": "hunter2"})
    assert str(caught.value) == (
        "IOMC_SETTING_WORKERS is text, but workers is a whole number (assemblies/one.toml:7). "
        "Set it to a whole number."
    )


def test_a_variable_that_names_no_setting_is_refused(folder: Path) -> None:
    write(folder, "one", include("a"))
    with pytest.raises(AssemblyError) as caught:
        resolved("one", environ={"IOMC_SETTING_": "hunter2"})
    assert str(caught.value) == (
        "IOMC_SETTING_ names no setting. Write IOMC_SETTING_ and the name of a setting in capital letters."
    )


def test_setting_values_are_not_in_the_text_of_an_assembly(folder: Path) -> None:
    write(folder, "one", include("a") + '[settings]\nsecret_key = "hunter2"\n')
    assert "hunter2" not in repr(resolved("one"))
    assert "hunter2" not in repr(examine("one", ["test"], installed(), read_style=style))


def test_an_unknown_environment_is_refused(folder: Path) -> None:
    write(folder, "one", include("a"))
    with pytest.raises(AssemblyError, match=r'^Unknown environment "prod"\. Did you mean "production"\?$'):
        resolved("one", "prod")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[CartridgeSite]:
    with CartridgeSite(tmp_path / "site") as site:
        yield site


def test_only_cartridges_that_the_environment_names_are_imported(
    folder: Path, site: CartridgeSite, tmp_path: Path
) -> None:
    for name in ("shop_orders", "shop_tools", "shop_bystander", "shop_content"):
        site.add(
            name,
            f"open({str(tmp_path / name)!r}, 'w').close()\n",
            style={"shop_tools": "development", "shop_content": "init"}.get(name, "cartridge"),
        )
    body = include("shop_orders") + include("shop_tools", "development")
    write(folder, "one", body + '[database]\ninit = ["shop_content"]\n')
    assert resolve("one", "production").cartridges == ("shop_orders",)
    imported = sorted(path.name for path in tmp_path.glob("shop_*"))
    assert imported == ["shop_content", "shop_orders"]
    assert not [name for name in sys.modules if name.startswith(("shop_tools", "shop_bystander"))]


def test_tools_need_not_be_installed_where_production_runs(folder: Path, site: CartridgeSite) -> None:
    site.add("shop_orders")
    write(folder, "one", include("shop_orders") + include("shop_tools", "development"))
    assert resolve("one", "production", installed_cartridges()).cartridges == ("shop_orders",)
    with pytest.raises(AssemblyError, match='The cartridge "shop_tools" is not installed'):
        resolve("one", "development", installed_cartridges())
