"""A cartridge from outside, installed from its wheel, changes the document that IOM gets."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from dev_demo_iomconnector.sample_orders import sample_orders
from dev_iomconnector_iom import StandInConfig, run_in_thread
from iomconnector.model.order_documents import dump_order

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
UV = Path(sys.executable).parent / "uv"


def _run(*command: str | Path, cwd: Path, **environment: str) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, "UV_PYTHON_DOWNLOADS": "never", **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory outside the workspace with an environment that has wheels only."""
    folder = tmp_path_factory.mktemp("outside")
    wheels = folder / "wheels"
    _run(UV, "build", "--all-packages", "--wheel", "--out-dir", wheels, cwd=ROOT)
    source = shutil.copytree(HERE / "acme_payment", folder / "acme_payment")
    _run(UV, "build", "--wheel", "--out-dir", wheels, cwd=source)
    shutil.copy(source / "acme.toml", folder / "acme.toml")
    shutil.rmtree(source)
    _run(UV, "venv", "--python", sys.executable, folder / "environment", cwd=folder)
    python = folder / "environment" / "bin" / "python"
    pins = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["uv"]["constraint-dependencies"]
    (folder / "pins.txt").write_text("\n".join(pins))
    built = sorted(wheels.glob("*.whl"))
    _run(UV, "pip", "install", "--python", python, "--constraint", "pins.txt", *built, cwd=folder)
    return folder


def test_every_distribution_of_the_project_is_a_wheel(outside: Path) -> None:
    names = {wheel.name.partition("-")[0] for wheel in (outside / "wheels").glob("*.whl")}
    cartridges = {path.parent.name for path in (ROOT / "cartridges").glob("*/pyproject.toml")}
    assert names == {"iomconnector", "acme_payment"} | cartridges


def test_its_payment_mapper_changes_the_document_that_iom_gets(outside: Path) -> None:
    order = next(
        order
        for order in sample_orders(200, seed=3, first_number=7001)
        if not order.approval_steps and order.payments[0].attributes.get("transaction")
    )
    with run_in_thread(StandInConfig(control_token="test")) as iom:

        def connector(*arguments: str) -> str:
            return _run(
                outside / "environment" / "bin" / "iomconnector",
                *arguments,
                cwd=outside,
                IOMC_ASSEMBLY="acme.toml",
                IOMC_ENVIRONMENT="production",
                IOMC_DATA_DIRECTORY=str(outside / "data"),
            )

        connector("dbprepare")
        for service in json.loads(connector("service", "list", "--format", "json")):
            connector("service", "set", service["id"], f"base_url={iom.url}")
        (outside / "order.json").write_text(dump_order(order))
        connector("order", "place", "order.json")
        connector("order", "export")
        shop = 10010 if order.channel == "inSPIRED-inTRONICS" else 10020
        document = iom.control.document(shop, order.number)
        hooks = connector("cartridge", "hooks", "--format", "json")
    assert document["payment"] == {
        "paymentMethod": order.payments[0].service_id,
        "paymentProviderOrderNo": order.payments[0].attributes["transaction"],
    }
    assert "payment" not in document.get("additionalAttributes", {})
    assert "acme_payment" in hooks
