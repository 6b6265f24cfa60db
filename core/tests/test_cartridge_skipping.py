"""Running without broken cartridges: who is left out, who keeps another in, and what is told."""

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iomconnector.cartridges.importing import CartridgeLoadError
from iomconnector.cartridges.skipping import load_unbroken_cartridges
from iomconnector.testing.cartridges import CartridgeSite

BROKEN = "raise ValueError('no ink')\n"

POINT = """
from iomconnector.cartridges.extensions import Extension, ExtensionPoint

def bind(order):
    pass

@hookimpl
def iomconnector_extension_points():
    return [ExtensionPoint("Mapper.bindTax", "Called.", bind)]
"""

BINDING = """
from iomconnector.cartridges.extensions import Extension

@hookimpl
def iomconnector_extensions():
    return [Extension("Mapper.bindTax", lambda order: None)]
"""

FAILING = """
@hookimpl
def iomconnector_preparers():
    raise RuntimeError("no ink")
"""

COMMAND = """
from iomconnector.cli.commands import Command

@hookimpl
def iomconnector_commands():
    return [Command("ink", "Buy ink.", print)]
"""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[CartridgeSite]:
    with CartridgeSite(tmp_path / "site") as site:
        yield site


def refusal(*names: str) -> list[str]:
    with pytest.raises(CartridgeLoadError) as caught:
        load_unbroken_cartridges(names)
    return str(caught.value).splitlines()


def test_a_broken_cartridge_on_which_nothing_depends_is_left_out(site: CartridgeSite) -> None:
    file = site.add("shop_b", BROKEN)
    site.add("shop_a")
    site.add("shop_c")
    loaded = load_unbroken_cartridges(["shop_a", "shop_b", "shop_c"])
    assert loaded.names == ("shop_a", "shop_c")
    (skipped,) = loaded.skipped
    assert skipped.name == "shop_b"
    assert skipped.reason == (
        f"{file}:5: cannot be imported: ValueError: no ink. "
        "Mend the cartridge or take it out of the assembly."
    )


def test_nothing_is_left_out_where_nothing_is_broken(site: CartridgeSite) -> None:
    site.add("shop_a")
    assert load_unbroken_cartridges(["shop_a"]).skipped == ()


def test_a_wrong_signature_and_a_failing_offer_are_broken_too(site: CartridgeSite) -> None:
    site.add("shop_a", "@hookimpl\ndef iomconnector_x():\n    return []\n")
    site.add("shop_b", FAILING)
    site.add("shop_c", requires=["shop-nowhere"])
    loaded = load_unbroken_cartridges(["shop_a", "shop_b", "shop_c"])
    assert [each.name for each in loaded.skipped] == ["shop_a", "shop_b", "shop_c"]


def test_of_two_definitions_of_one_name_the_earlier_stays(site: CartridgeSite) -> None:
    site.add("shop_a", COMMAND)
    site.add("shop_b", COMMAND)
    assert load_unbroken_cartridges(["shop_b", "shop_a"]).names == ("shop_b",)


def test_a_chain_of_dependants_keeps_it_in(site: CartridgeSite) -> None:
    file = site.add("shop_a", BROKEN)
    site.add("shop_b", requires=["shop-a"])
    site.add("shop_c", requires=["shop-b"])
    site.add("shop_d")
    assert refusal("shop_a", "shop_b", "shop_c", "shop_d") == [
        f"shop_a: {file}:5: cannot be imported: ValueError: no ink. "
        "Mend the cartridge or take it out of the assembly.",
        "shop_a: cannot be left out: shop_c needs shop_b needs shop_a. "
        "Mend shop_a, or take shop_c and shop_b out of the assembly too.",
    ]


def test_a_dependant_that_is_broken_itself_is_left_out_with_it(site: CartridgeSite) -> None:
    site.add("shop_a", BROKEN)
    site.add("shop_b", "import shop_a.cartridge\n", requires=["shop-a"])
    site.add("shop_c")
    loaded = load_unbroken_cartridges(["shop_a", "shop_b", "shop_c"])
    assert loaded.names == ("shop_c",)
    assert [each.name for each in loaded.skipped] == ["shop_a", "shop_b"]


def test_a_binding_to_its_extension_point_keeps_it_in(site: CartridgeSite) -> None:
    site.add("shop_map", POINT + FAILING)
    file = site.add("shop_pay", BINDING)
    assert refusal("shop_map", "shop_pay")[-1] == (
        f"shop_map: {file}:10: cannot be left out: shop_pay binds to Mapper.bindTax, "
        "which shop_map declares. Mend shop_map, or take shop_pay out of the assembly too."
    )


def test_a_binding_that_may_be_to_its_point_keeps_it_in(site: CartridgeSite) -> None:
    site.add("shop_map", BROKEN + POINT)
    site.add("shop_pay", BINDING)
    assert (
        "shop_pay binds to Mapper.bindTax, which shop_map may declare." in refusal("shop_map", "shop_pay")[-1]
    )


def test_a_binding_to_a_point_that_nobody_ever_declared_is_broken_itself(site: CartridgeSite) -> None:
    site.add("shop_pay", BINDING)
    site.add("shop_b", FAILING)
    loaded = load_unbroken_cartridges(["shop_pay", "shop_b"])
    assert [each.name for each in loaded.skipped] == ["shop_pay", "shop_b"]


def test_a_cartridge_that_is_not_installed_is_not_skipped(site: CartridgeSite) -> None:
    site.add("shop_a")
    assert refusal("shop_a", "shop_nowhere")[0].startswith("shop_nowhere: is not installed.")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_what_stays_has_all_that_it_needs(site: CartridgeSite, data: st.DataObject) -> None:
    names = [f"deep_{at}" for at in range(6)]
    broken = data.draw(st.sets(st.sampled_from(names)))
    needs = {name: data.draw(st.sets(st.sampled_from(names[:at]))) for at, name in enumerate(names[1:], 1)}
    for name in names:
        sys.modules.pop(f"{name}.cartridge", None)
        sys.modules.pop(name, None)
        body = "@hookimpl\ndef iomconnector_x():\n    return []\n" if name in broken else ""
        site.add(name, body, requires=[each.replace("_", "-") for each in sorted(needs.get(name, ()))])
    sound = [name for name in names if name not in broken]
    if any(needs.get(name, set()) & broken for name in sound):
        assert any("cannot be left out" in line for line in refusal(*names))
    else:
        loaded = load_unbroken_cartridges(names)
        assert list(loaded.names) == sound
        assert {each.name for each in loaded.skipped} == broken


def connector(site: CartridgeSite, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: text for name, text in os.environ.items() if not name.startswith("IOMC_")}
    return subprocess.run(
        [sys.executable, "-m", "iomconnector", *arguments],
        cwd=site.folder.parent,
        env={**inherited, "PYTHONPATH": str(site.folder), "IOMC_ASSEMBLY": "./shop.toml", **variables},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture
def shop(site: CartridgeSite, tmp_path: Path) -> CartridgeSite:
    site.add("shop_a", COMMAND.replace("print", "__import__('typer').Typer"))
    site.add("shop_b", BROKEN)
    (tmp_path / "shop.toml").write_text(
        '[assembly]\nname = "shop"\n[[include]]\ncartridges = ["shop_a", "shop_b"]\n'
    )
    return site


@pytest.mark.parametrize(("options", "variables"), [(["--skip-broken"], {}), ([], {"IOMC_SKIP_BROKEN": "1"})])
def test_the_command_line_tells_whom_it_left_out(
    shop: CartridgeSite, options: list[str], variables: dict[str, str]
) -> None:
    done = connector(shop, *options, "cartridge", "hooks", "--format", "json", **variables)
    assert (done.returncode, done.stderr) == (
        0,
        f"skipped shop_b: {shop.folder / 'shop_b' / 'cartridge.py'}:5: cannot be imported: "
        "ValueError: no ink. Mend the cartridge or take it out of the assembly.\n",
    )
    bound = {row["name"]: row["bound"] for row in json.loads(done.stdout)["hooks"]}
    assert [each["cartridge"] for each in bound["iomconnector_commands"]] == ["shop_a"]


def test_without_the_option_nothing_runs(shop: CartridgeSite) -> None:
    done = connector(shop, "cartridge", "hooks")
    assert (done.returncode, done.stdout) == (3, "")
    assert "ValueError: no ink" in done.stderr


def test_health_shows_what_was_left_out(site: CartridgeSite, tmp_path: Path) -> None:
    from iomconnector.container import Container, running
    from iomconnector.settings import Settings
    from iomconnector.web.app import create_web_application

    site.add("shop_a")
    site.add("shop_b", BROKEN)
    cartridges = load_unbroken_cartridges(["shop_a", "shop_b"])

    async def health() -> object:
        async with running(
            Container(settings=Settings(data_directory=tmp_path), cartridges=cartridges)
        ) as system:
            web = create_web_application(system)
            (route,) = (each for each in web.routes if getattr(each, "path", "") == "/health")
            return await route.endpoint()  # type: ignore[attr-defined]

    answer = asyncio.run(health())
    assert getattr(answer, "skipped_cartridges", None) == ["shop_b"]
