"""What differs between two assemblies, or between an assembly and a lock; and the graph of one."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from iomconnector.assemblies.difference import Side, compare_lists, difference
from iomconnector.assemblies.lock import LockError
from iomconnector.cli.assembly_commands import app
from iomconnector.cli.invocation import Invocation
from iomconnector.testing.cartridges import CartridgeSite

ONE = """[assembly]
name = "one"
[[include]]
cartridges = ["shop_a", "shop_b", "shop_c"]
[settings]
secret_key = "hunter2"
port = 80
"""
TWO = """[assembly]
name = "two"
[[include]]
cartridges = ["shop_c", "shop_a", "shop_d"]
[database]
init = ["init_shop"]
[settings]
secret_key = "hunter3"
port = 80
host = "::1"
"""


@pytest.fixture(autouse=True)
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CartridgeSite]:
    folder = tmp_path / "assemblies"
    folder.mkdir()
    (folder / "one.toml").write_text(ONE)
    (folder / "two.toml").write_text(TWO)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    with CartridgeSite(tmp_path / "site") as site:
        site.add_distribution("acme-soap", "2.5.1")
        site.add_distribution("iomconnector", "0.1")
        for name in ("shop_a", "shop_b", "shop_c"):
            site.add(name)
        site.add("shop_d", requires=["acme-soap", "shop-a"])
        site.add("init_shop", style="init", requires=["shop-a"])
        yield site


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, arguments, obj=Invocation("two", "production"), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def read(*arguments: str) -> Any:
    return json.loads(run(*arguments, "--format", "json"))


def test_everything_that_differs_is_told_and_secrets_are_masked() -> None:
    assert read("diff", "one", "two") == {
        "before": "one in production",
        "after": "two in production",
        "cartridges": {"added": {"shop_d": 3}, "removed": {"shop_b": 2}, "moved": {"shop_a": [1, 2]}},
        "database": {"added": {"init_shop": 1}, "removed": {}, "moved": {}},
        "settings": [
            {
                "name": "host",
                "before": None,
                "after": "::1",
                "origins": [None, "assemblies/two.toml:10"],
            },
            {
                "name": "secret_key",
                "before": "********",
                "after": "********",
                "origins": ["assemblies/one.toml:6", "assemblies/two.toml:8"],
            },
        ],
        "versions": [
            {"name": "acme-soap", "before": None, "after": "2.5.1"},
            {"name": "init-shop", "before": None, "after": "1.0"},
            {"name": "shop-b", "before": "1.0", "after": None},
            {"name": "shop-d", "before": None, "after": "1.0"},
        ],
    }
    output = run("diff", "one", "two")
    assert "From one in production to two in production" in output
    assert "hunter" not in output
    assert [line.split()[:3] for line in output.splitlines() if "shop" in line and "_" in line] == [
        ["cartridge", "added", "shop_d"],
        ["cartridge", "removed", "shop_b"],
        ["cartridge", "moved", "shop_a"],
        ["database", "list", "added"],
    ]


def test_an_assembly_does_not_differ_from_itself() -> None:
    assert run("diff", "two", "two") == "two in production and two in production do not differ.\n"


def test_a_lock_shows_which_versions_changed_since(site: CartridgeSite) -> None:
    run("lock", "two", "--env", "production")
    assert run("diff", "assemblies/two.lock", "two").endswith("do not differ.\n")
    (site.folder / "acme_soap-2.5.1.dist-info" / "METADATA").write_text("Name: acme-soap\nVersion: 3.0\n")
    changed = read("diff", "assemblies/two.lock", "two")
    assert changed["versions"] == [{"name": "acme-soap", "before": "2.5.1", "after": "3.0"}]
    assert changed["settings"] == []
    assert changed["before"] == "the lock of two in production"


def test_an_environment_that_is_not_locked_cannot_be_compared() -> None:
    run("lock", "two", "--env", "production")
    with pytest.raises(LockError, match="does not have test, but production"):
        run("diff", "assemblies/two.lock", "two", "--env", "test")


def test_the_graph_for_markdown() -> None:
    assert run("graph", "two") == (
        '---\ntitle: "two in production"\n---\nflowchart LR\n    subgraph f1["assemblies/two.toml"]\n'
        '        c1["shop_c"]\n        c2["shop_a"]\n        c3["shop_d"]\n        c4["init_shop"]\n    end\n'
        "    c3 --> c2\n    c4 --> c2\n"
        "    classDef prepares stroke-dasharray: 4 4\n    class c4 prepares\n"
    )


def test_the_graph_for_graphviz() -> None:
    assert run("graph", "--style", "dot") == (
        'digraph "two in production" {\n    rankdir=LR;\n    node [shape=box];\n'
        '    subgraph cluster_1 {\n        label="assemblies/two.toml";\n'
        '        "shop_c";\n        "shop_a";\n        "shop_d";\n'
        '        "init_shop" [style=dashed];\n    }\n'
        '    "shop_d" -> "shop_a";\n    "init_shop" -> "shop_a";\n}\n'
    )


def test_the_graph_for_programs() -> None:
    graph = read("graph", "one")
    assert [node["name"] for node in graph["nodes"]] == ["shop_a", "shop_b", "shop_c"]
    assert {node["file"] for node in graph["nodes"]} == {"assemblies/one.toml"}
    assert graph["edges"] == []
    assert read("graph", "two")["edges"] == [
        {"from": "shop_d", "to": "shop_a"},
        {"from": "init_shop", "to": "shop_a"},
    ]


LISTS = st.lists(st.sampled_from("abcdefgh"), unique=True)
SIDES = st.builds(
    Side,
    label=st.just("side"),
    cartridges=LISTS,
    database=LISTS,
    versions=st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["1", "2"])),
    settings=st.none() | st.dictionaries(st.sampled_from(["port", "secret_key"]), st.integers(1, 2)),
    origins=st.just({"port": "shop.toml:1", "secret_key": "shop.toml:2"}),
)


@given(SIDES, SIDES)
def test_sides_differ_from_others_and_not_from_themselves(one: Side, two: Side) -> None:
    assert not difference(one, one)
    there, back = difference(one, two), difference(two, one)
    assert bool(there) == bool(back)
    assert set(there.cartridges.added) == set(back.cartridges.removed)
    assert [(each.name, each.before, each.after) for each in there.versions] == [
        (each.name, each.after, each.before) for each in back.versions
    ]
    settings = one.settings == two.settings or one.settings is None or two.settings is None
    same = (one.cartridges, one.database, one.versions) == (two.cartridges, two.database, two.versions)
    assert bool(there) != (same and settings)


@given(LISTS, LISTS)
def test_applying_a_difference_makes_one_list_of_the_other(before: list[str], after: list[str]) -> None:
    found = compare_lists(before, after)
    moved = {move.name for move in found.moved}
    staying = [name for name in before if name not in found.removed and name not in moved]
    assert staying == [name for name in after if name not in found.added and name not in moved]
    assert set(found.added) == set(after) - set(before)
    assert set(found.removed) == set(before) - set(after)
    assert bool(found) == (before != after)


@given(LISTS, st.data())
def test_one_cartridge_that_changed_its_place_is_one_move(before: list[str], data: st.DataObject) -> None:
    if before:
        name = data.draw(st.sampled_from(before))
        after = [each for each in before if each != name]
        after.insert(data.draw(st.integers(0, len(after))), name)
        assert len(compare_lists(before, after).moved) == (before != after)
