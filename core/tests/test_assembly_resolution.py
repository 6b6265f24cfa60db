"""Resolving assemblies: order, environments, database list, and where everything is from."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from iomconnector.assemblies.resolution import Assembly, AssemblyError, examine, resolve
from iomconnector.cartridges.descriptor import CartridgeStyle
from iomconnector.cartridges.discovery import InstalledCartridge

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
    assembly = resolved("three")
    assert assembly.cartridges == ("b", "c", "a")
    assert [origin.assembly for origin in assembly.why["a"]] == ["three"]


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


def test_two_includes_of_one_file_add_up(folder: Path) -> None:
    write(folder, "one", include("a b", "test") + include("c b", "production"))
    assert resolved("one", "test").cartridges == ("a", "b")
    assert resolved("one", "production").cartridges == ("b", "c")


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
    body = include("a b c", "production") + include("init_a init_b", "init")
    body += '[database]\ninit = ["init_a"]\n'
    write(folder, "one", body)
    assert resolved("one", "production", init_a="c", c="a").preparation == (
        "a",
        "b",
        "c",
        "init_a",
        "init_b",
    )
    assert resolved("one", "init", init_a="c", c="a").preparation == ("a", "c", "init_a", "init_b")


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


def test_an_unknown_environment_is_refused(folder: Path) -> None:
    write(folder, "one", include("a"))
    with pytest.raises(AssemblyError, match=r'^Unknown environment "prod"\. Did you mean "production"\?$'):
        resolved("one", "prod")
