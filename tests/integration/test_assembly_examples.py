"""The assemblies and cartridges under docs/examples are what their pages say."""

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ac_iomconnector_orderexport.testing.mapping import map_order
from ac_iomconnector_orderexport.testing.samples import full_order
from iomconnector.assemblies.cartridge_faults import examine_cartridges
from iomconnector.assemblies.file import ENVIRONMENTS
from iomconnector.assemblies.lock import lock_of, lock_text, read_lock
from iomconnector.assemblies.lock_check import examine_lock
from iomconnector.assemblies.resolution import Assembly, examine, resolve
from iomconnector.cartridges.loading import load_cartridges
from iomconnector.testing.cartridges import CartridgeSite

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "docs" / "examples"
FILES = sorted(EXAMPLES.glob("*/*.toml"))
ENVIRON = {"IOMC_ASSEMBLY_PATH": str(ROOT / "assemblies")}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CartridgeSite]:
    """The cartridges of the examples, installed; the working directory is outside the repository."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IOMC_ASSEMBLY_PATH", ENVIRON["IOMC_ASSEMBLY_PATH"])
    with CartridgeSite(tmp_path / "site") as site:
        for described in sorted(EXAMPLES.glob("*/*/pyproject.toml")):
            project = tomllib.loads(described.read_text())["project"]
            for name in project["entry-points"]["iomconnector.cartridges"]:
                text = (described.parent / "src" / name / "cartridge.py").read_text()
                site.add_module(name, text, requires=project["dependencies"], version=project["version"])
        yield site


def of(name: str) -> str:
    return str(next(file for file in FILES if file.stem == name))


def resolved(name: str, environment: str) -> Assembly:
    return resolve(of(name), environment, environ=ENVIRON)


def test_there_are_examples() -> None:
    assert [file.stem for file in FILES] == ["acme-shop", "roots-shop"]


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_nothing_is_wrong_with_them(file: Path) -> None:
    found = examine_cartridges(examine(str(file), environ=ENVIRON), ENVIRONMENTS)
    assert [str(finding) for finding in found.findings] == []


@pytest.mark.usefixtures("site")
def test_the_shop_has_the_sample_assembly_but_its_demo_data_and_its_own_cartridge_last() -> None:
    base = resolve("inspired-iomconnector", "production", environ=ENVIRON).cartridges
    shop = resolved("acme-shop", "production")
    assert shop.cartridges == (*base, "acme_store")
    assert "demo_iomconnector" not in shop.preparation
    assert shop.settings == {
        "storefront_time_zone": "Europe/Berlin",
        "export_concurrency": 10,
        "log_format": "json",
    }
    assert resolved("acme-shop", "development").settings["port"] == 8080


@pytest.mark.usefixtures("site")
def test_its_cartridge_changes_the_order_that_iom_gets() -> None:
    shop = resolved("acme-shop", "production")
    bound = load_cartridges(shop.cartridges, shop.installed).extensions().bound_to("OrderMapper.bindOrder")
    assert [each.cartridge for each in bound][-1] == "acme_store"
    order = full_order()
    document = map_order(order, *((each.cartridge, each.extension) for each in bound)).document
    attributes: Any = document["additionalAttributes"]
    assert order.channel == "inSPIRED-inTRONICS_Business"
    assert attributes["acme"] == {"store": "0816"}


def test_roots_bring_what_the_listed_assembly_has() -> None:
    for environment in ("development", "production"):
        from_roots = resolved("roots-shop", environment)
        listed = resolve("inspired-iomconnector", environment, environ=ENVIRON)
        assert set(from_roots.cartridges) == set(listed.cartridges)
        for name in from_roots.preparation:
            for needed in from_roots.installed[name].requires:
                assert from_roots.preparation.index(needed) < from_roots.preparation.index(name)
    production = resolved("roots-shop", "production").cartridges
    assert production == (
        "ac_iomconnector_common",
        "app_bo",
        "app_sf_responsive",
        "app_sf_rest",
        "bc_basket",
        "bc_catalog",
        "bc_inventory",
        "bc_mail",
        "bc_order",
        "bc_product_notification",
        "ac_iomconnector_rest_common",
        "app_sf_responsive_carriertracking",
        "app_sf_responsive_notification",
        "as_iomconnector",
        "ac_iomconnector_inventory",
        "ac_iomconnector_orderexport",
        "ac_iomconnector_orderhistory",
        "ac_iomconnector_orderexport_b2b",
    )


@pytest.mark.usefixtures("site")
def test_a_lock_of_the_whole_shop_is_found_again(tmp_path: Path) -> None:
    file = tmp_path / "acme-shop.lock"
    lock = lock_of([resolved("acme-shop", environment) for environment in ENVIRONMENTS])
    file.write_text(lock_text(lock))
    assert read_lock(file) == lock
    names = {each.name: each for each in lock.distributions}
    assert {"acme-store", "bc-order", "httpx", "sqlalchemy", "greenlet"} <= set(names)
    assert names["bc-order"].editable
    assert not names["httpx"].editable
    assert all(each.hash for each in lock.distributions)
    found = examine(of("acme-shop"), environ=ENVIRON)
    assert [str(each) for each in examine_lock(found, of("acme-shop"), lock_file=file).findings] == []


def test_the_commands_work_from_outside(site: CartridgeSite, tmp_path: Path) -> None:
    (tmp_path / "acme-shop.toml").write_text(Path(of("acme-shop")).read_text())

    def iomconnector(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "iomconnector", "assembly", *arguments],
            cwd=tmp_path,
            env={**os.environ, **ENVIRON, "PYTHONPATH": str(site.folder)},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    assert iomconnector("check", "acme-shop.toml").startswith("acme-shop.toml: nothing is wrong")
    explained = json.loads(iomconnector("explain", "acme_store", "-a", "acme-shop.toml", "--format", "json"))
    assert explained["requires"] == ["ac_iomconnector_orderexport"]
