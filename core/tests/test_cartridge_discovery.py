"""Which cartridges are installed is read from metadata alone."""

import sys
import zipfile
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from iomconnector.cartridges.discovery import ENTRY_POINT_GROUP, InstalledCartridge, installed_cartridges
from iomconnector.cartridges.metadata import Project
from iomconnector.testing.cartridges import CartridgeSite


@pytest.fixture
def site(tmp_path: Path) -> Iterator[CartridgeSite]:
    with CartridgeSite(tmp_path / "site") as site:
        yield site


def test_tells_name_module_distribution_version_and_requirements(site: CartridgeSite) -> None:
    site.add("shop_orders", version="2.1")
    site.add("shop_export", requires=["Shop_Orders>=2", "iomconnector"], distribution="acme-shop-export")
    assert installed_cartridges()["shop_export"] == InstalledCartridge(
        name="shop_export",
        module="shop_export.cartridge",
        distribution="acme-shop-export",
        version="1.0",
        requires=("shop_orders",),
    )


def test_ignores_extras_and_markers_that_do_not_apply(site: CartridgeSite) -> None:
    site.add("shop_orders")
    site.add("shop_stock")
    site.add(
        "shop_export",
        requires=[
            "shop-orders; python_version < '3'",
            "shop-stock; extra == 'stock'",
            "shop-export[stock]; extra == 'all'",
        ],
    )
    assert installed_cartridges()["shop_export"].requires == ()


def test_a_marker_that_applies_counts(site: CartridgeSite) -> None:
    site.add("shop_orders")
    site.add("shop_export", requires=["shop-orders; python_version >= '3'"])
    assert installed_cartridges()["shop_export"].requires == ("shop_orders",)


def test_a_distribution_that_requires_itself_is_no_dependency(site: CartridgeSite) -> None:
    site.add("shop_export", requires=["shop-export[fast]"])
    assert installed_cartridges()["shop_export"].requires == ()


def test_nothing_is_imported(site: CartridgeSite) -> None:
    site.add("shop_export", "raise RuntimeError('imported')\n")
    assert "shop_export" in installed_cartridges()
    assert not [name for name in sys.modules if name.startswith("shop_export")]


@pytest.mark.parametrize(
    ("requirement", "problem"),
    [
        ("shop-orders>=3", "shop-export requires shop-orders>=3, but 2.1 is installed."),
        ("shop-prices", "shop-export requires shop-prices, which is not installed."),
        ("== broken", 'shop-export states the requirement "== broken", which cannot be understood.'),
    ],
)
def test_unsound_requirements_are_problems_of_the_cartridge(
    site: CartridgeSite, requirement: str, problem: str
) -> None:
    site.add("shop_orders", version="2.1")
    site.add("shop_export", requires=[requirement])
    assert installed_cartridges()["shop_export"].problems == (problem,)
    assert installed_cartridges()["shop_orders"].problems == ()


def test_a_pre_release_meets_a_requirement(site: CartridgeSite) -> None:
    site.add("shop_orders", version="2.1rc1")
    site.add("shop_export", requires=["shop-orders>=2"])
    assert installed_cartridges()["shop_export"].problems == ()


def test_an_entry_point_must_name_a_module(site: CartridgeSite) -> None:
    site.add_module("shop_export", "", entry_point="shop_export.cartridge:face")
    assert installed_cartridges()["shop_export"].problems == (
        'The entry point of "shop_export" must name a module, not "shop_export.cartridge:face".',
    )


def test_two_distributions_with_one_cartridge_are_a_problem(site: CartridgeSite) -> None:
    site.add("shop_export", distribution="acme-export")
    site.add("shop_export", distribution="zeta-export", version="3.0")
    assert installed_cartridges()["shop_export"].problems == (
        'Two distributions offer a cartridge "shop_export": acme-export 1.0 and zeta-export 3.0.',
    )


def test_of_cartridges_that_nobody_looks_up_only_the_entry_points_are_read(
    site: CartridgeSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        site.add(f"shop_{number:02}", requires=["iomconnector"])
    read: list[str] = []
    actual = Project._read

    def reading(project: Project, file: str) -> str:
        if project.key.startswith("shop-"):
            read.append(f"{project.key} {file}")
        return actual(project, file)

    monkeypatch.setattr(Project, "_read", reading)
    installed = installed_cartridges()
    assert {f"shop_{number:02}" for number in range(20)} <= set(installed)
    assert {each.partition(" ")[2] for each in read} == {"entry_points.txt"}
    assert installed["shop_07"].libraries == ("iomconnector",)
    assert [each for each in read if each.endswith("METADATA")] == ["shop-07 METADATA"]


def test_of_two_distributions_with_one_name_the_first_on_the_path_counts(
    site: CartridgeSite, tmp_path: Path
) -> None:
    site.add("shop_export", version="1.0")
    with CartridgeSite(tmp_path / "before") as before:
        before.add("shop_export", version="2.0")
        assert installed_cartridges()["shop_export"].version == "2.0"
        assert installed_cartridges()["shop_export"].problems == ()


def test_a_cartridge_in_an_archive_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with zipfile.ZipFile(tmp_path / "shop.zip", "w") as archive:
        archive.writestr(
            "shop_zip-1.0.dist-info/METADATA", "Metadata-Version: 2.4\nName: shop-zip\nVersion: 1.0\n"
        )
        archive.writestr(
            "shop_zip-1.0.dist-info/entry_points.txt", "[iomconnector.cartridges]\nshop_zip = shop_zip.face\n"
        )
    monkeypatch.syspath_prepend(str(tmp_path / "shop.zip"))
    assert installed_cartridges()["shop_zip"].module == "shop_zip.face"


def test_what_is_read_is_what_the_standard_library_reads() -> None:
    expected = {point.name: point for point in entry_points(group=ENTRY_POINT_GROUP)}
    installed = installed_cartridges()
    assert set(installed) == set(expected)
    for name, point in expected.items():
        assert point.dist is not None
        found = installed[name]
        assert (found.module, found.distribution, found.version) == (
            point.value,
            point.dist.name,
            point.dist.version,
        )
        assert found.summary == point.dist.metadata["Summary"]
