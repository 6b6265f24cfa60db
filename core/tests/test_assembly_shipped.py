"""The assemblies that come with the project: usable everywhere, and as IOM Connector 7.0 lists them."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from iomconnector.assemblies.cartridge_faults import examine_cartridges
from iomconnector.assemblies.file import ENVIRONMENTS
from iomconnector.assemblies.resolution import Assembly, examine, resolve
from iomconnector.cartridges.discovery import installed_cartridges

ASSEMBLIES = Path(__file__).parents[2] / "assemblies"
NAMES = sorted(file.stem for file in ASSEMBLIES.glob("*.toml"))

LISTED_BY_7_0 = (
    "ac_iomconnector_common",
    "ac_iomconnector_inventory",
    "ac_iomconnector_order",
    "ac_iomconnector_orderhistory",
    "ac_iomconnector_rma",
    "ac_iomconnector_orderexport",
    "ac_iomconnector_orderexport_b2b",
    "ac_iomconnector_rest_common",
    "app_sf_responsive_carriertracking",
    "as_iomconnector",
)
"""What runs in development, test and production. [release note 7.0]"""
INIT_LISTED_BY_7_0 = ("init_iomconnector", "demo_iomconnector")
"""What is ``in: init``. [release note 7.0]"""
PREPARED_BY_7_0 = (
    "ac_iomconnector_common",
    "ac_iomconnector_order",
    "init_iomconnector",
    "demo_iomconnector",
)
"""What ``dbinit -t=`` names. [release note 7.0]"""


def resolved(name: str, environment: str) -> Assembly:
    return resolve(str(ASSEMBLIES / f"{name}.toml"), environment, environ={})


def with_dependencies_first(listed: Sequence[str]) -> list[str]:
    """The list without what does not exist here; what a cartridge requires of the list moves before it."""
    installed = installed_cartridges()
    order: list[str] = []

    def add(name: str) -> None:
        for needed in installed[name].requires:
            if needed in listed and needed not in order:
                add(needed)
        if name not in order:
            order.append(name)

    for name in listed:
        if name in installed:
            add(name)
    return order


def of_the_connector(names: Sequence[str], listed: Sequence[str]) -> list[str]:
    return [name for name in names if name in listed]


def test_there_are_assemblies() -> None:
    assert NAMES == ["headless-iomconnector", "inspired-b2x", "inspired-iomconnector"]


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_wrong_with_them(name: str, environment: str) -> None:
    found = examine(str(ASSEMBLIES / f"{name}.toml"), (environment,), environ={})
    found = examine_cartridges(found, (environment,))
    assert [str(finding) for finding in found.findings] == []


@pytest.mark.parametrize("environment", ["development", "test", "production"])
def test_the_connector_runs_what_7_0_lists_in_its_order(environment: str) -> None:
    running = resolved("inspired-iomconnector", environment).cartridges
    assert of_the_connector(running, LISTED_BY_7_0) == with_dependencies_first(LISTED_BY_7_0)


def test_the_only_change_of_order_is_that_dependencies_come_first() -> None:
    installed = installed_cartridges()
    plain = [name for name in LISTED_BY_7_0 if name in installed]
    mended = with_dependencies_first(LISTED_BY_7_0)
    assert sorted(plain) == sorted(mended)
    plain.remove("ac_iomconnector_rest_common")
    mended.remove("ac_iomconnector_rest_common")
    assert plain == mended


def test_the_base_comes_first() -> None:
    base = resolved("inspired-b2x", "production").cartridges
    assert resolved("inspired-iomconnector", "production").cartridges[: len(base)] == base


def test_content_is_in_init_and_on_the_database_list_as_7_0_has_it() -> None:
    assembly = resolved("inspired-iomconnector", "init")
    assert of_the_connector(assembly.cartridges, INIT_LISTED_BY_7_0) == list(INIT_LISTED_BY_7_0)
    expected = [name for name in PREPARED_BY_7_0 if name in installed_cartridges()]
    assert sorted(of_the_connector(assembly.database, PREPARED_BY_7_0)) == sorted(expected)


WEB_PAGES = (
    "app_bo",
    "app_sf_responsive",
    "app_sf_responsive_carriertracking",
    "app_sf_responsive_notification",
    "as_iomconnector",
)


def test_headless_is_the_connector_without_web_pages() -> None:
    for environment in ENVIRONMENTS:
        whole = resolved("inspired-iomconnector", environment)
        headless = resolved("headless-iomconnector", environment)
        assert headless.cartridges == tuple(name for name in whole.cartridges if name not in WEB_PAGES)
        assert headless.database == whole.database
