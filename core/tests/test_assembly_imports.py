"""Resolving an assembly imports the cartridges that the environment names, and no others."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from iomconnector.assemblies.resolution import AssemblyError, resolve
from iomconnector.testing.cartridges import CartridgeSite

HEAD = '[assembly]\nname = "shop"\n'


def include(names: str, environments: str = "") -> str:
    scope = f"in = {environments.split()!r}\n" if environments else ""
    return f"[[include]]\ncartridges = {names.split()!r}\n{scope}"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "assemblies"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


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
    (folder / "shop.toml").write_text(HEAD + body + '[database]\ninit = ["shop_content"]\n')
    assert resolve("shop.toml", "production").cartridges == ("shop_orders",)
    imported = sorted(path.name for path in tmp_path.glob("shop_*"))
    assert imported == ["shop_content", "shop_orders"]
    assert not [name for name in sys.modules if name.startswith(("shop_tools", "shop_bystander"))]


def test_a_missing_dependency_is_not_imported_to_learn_of_it(
    folder: Path, site: CartridgeSite, tmp_path: Path
) -> None:
    site.add("shop_orders", f"open({str(tmp_path / 'imported')!r}, 'w').close()\n", style="test")
    site.add("shop_export", requires=["shop-orders"])
    (folder / "shop.toml").write_text(HEAD + include("shop_export"))
    with pytest.raises(AssemblyError, match='"shop_export" needs "shop_orders", which the assembly does not'):
        resolve("shop.toml", "production")
    assert not (tmp_path / "imported").exists()


def test_tools_need_not_be_installed_where_production_runs(folder: Path, site: CartridgeSite) -> None:
    site.add("shop_orders")
    (folder / "shop.toml").write_text(HEAD + include("shop_orders") + include("shop_tools", "development"))
    assert resolve("shop.toml", "production").cartridges == ("shop_orders",)
    with pytest.raises(AssemblyError, match='The cartridge "shop_tools" is not installed'):
        resolve("shop.toml", "development")


def test_a_cartridge_that_cannot_be_imported_is_named_with_both_places(
    folder: Path, site: CartridgeSite
) -> None:
    broken = site.add("shop_broken", "1 / 0\n")
    site.add("shop_unmet", requires=["shop-prices>=2"])
    (folder / "shop.toml").write_text(f"{HEAD}[[include]]\ncartridges = [\n'shop_broken',\n'shop_unmet']\n")
    with pytest.raises(AssemblyError) as caught:
        resolve("shop.toml", "test")
    assert str(caught.value).splitlines() == [
        f'shop.toml:5: The cartridge "shop_broken" cannot be loaded: {broken}:5: cannot be imported: '
        "ZeroDivisionError: division by zero. Mend the cartridge or take it out of the assembly.",
        'shop.toml:6: The cartridge "shop_unmet" cannot be loaded: shop-unmet requires shop-prices>=2, '
        "which is not installed. Install what fits together.",
    ]


def test_the_style_is_read_from_the_descriptor(folder: Path, site: CartridgeSite) -> None:
    site.add("shop_tools", style="development")
    (folder / "shop.toml").write_text(f"{HEAD}[[include]]\ncartridges = ['shop_tools']\n")
    assert resolve("shop.toml", "test").cartridges == ("shop_tools",)
    with pytest.raises(
        AssemblyError, match='"shop_tools" is a development cartridge but is included in prod'
    ):
        resolve("shop.toml", "production")
