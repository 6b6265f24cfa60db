"""Wrong credentials, an unknown shop, IOM down, a full disk: a clear error, and nothing lost."""

import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from dev_demo_iomconnector.sample_orders import sample_orders
from dev_iomconnector_iom import RunningStandIn, StandInConfig, run_in_thread
from dev_iomconnector_iom.config import DEMO_PASSWORD
from iomconnector.model.order_documents import dump_order

ROOT = Path(__file__).parents[2]
SERVICE = "iom-order-export-intronics"
CHANNEL = "inSPIRED-inTRONICS"


@dataclass(frozen=True, slots=True)
class Shop:
    """The connector in production, on a directory of its own, in processes of its own."""

    directory: Path

    def run(
        self, *arguments: str, given: str = "", before: Callable[[], None] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "iomconnector", "-e", "production", *arguments],
            cwd=ROOT,
            env={**os.environ, "IOMC_DATA_DIRECTORY": str(self.directory)},
            input=given,
            capture_output=True,
            text=True,
            timeout=120,
            preexec_fn=before,
        )

    def set(self, *settings: str) -> None:
        done = self.run("service", "set", SERVICE, *settings)
        assert done.returncode == 0, done.stderr

    def counts(self) -> dict[str, int]:
        listed = json.loads(self.run("order", "list", "--format", "json").stdout)
        return {state: count for state, count in listed["counts"].items() if count}


@pytest.fixture(scope="module")
def iom() -> Iterator[RunningStandIn]:
    with run_in_thread(StandInConfig(control_token="test")) as running:
        yield running


@pytest.fixture(scope="module")
def with_due_orders(tmp_path_factory: pytest.TempPathFactory, iom: RunningStandIn) -> Path:
    """A prepared directory with three orders that are due; copy it."""
    made = Shop(tmp_path_factory.mktemp("template") / "data")
    assert made.run("dbprepare").returncode == 0
    made.set(f"base_url={iom.url}")
    orders = [order for order in sample_orders(40, seed=5, first_number=1) if order.channel == CHANNEL]
    placed = made.run("order", "place", "-", given="\n".join(map(dump_order, orders[:3])))
    assert placed.returncode == 0, placed.stderr + placed.stdout
    return made.directory


@pytest.fixture
def shop(with_due_orders: Path, tmp_path: Path, iom: RunningStandIn) -> Shop:
    """A shop with three orders that are due, and an IOM that has none."""
    iom.control.reset()
    return Shop(shutil.copytree(with_due_orders, tmp_path / "data"))


def _refused(done: subprocess.CompletedProcess[str], *, code: int, words: str) -> None:
    assert done.returncode == code, done.stdout + done.stderr
    assert words in " ".join((done.stdout + done.stderr).split())
    assert "Traceback" not in done.stderr


def _recovers(shop: Shop) -> None:
    """All three orders are exported as soon as the cause is gone; no operator has to touch them."""
    done = shop.run("order", "export", "--wait", "30")
    assert done.returncode == 0, done.stdout + done.stderr
    assert shop.counts() == {"exported": 3}


def test_wrong_credentials(shop: Shop) -> None:
    shop.set("password=wrong")
    done = shop.run("order", "export")
    _refused(done, code=4, words="Check user, password or token of the service.")
    assert "wrong" not in done.stdout.replace("wrongly", "")
    assert shop.counts() == {"due": 3}
    shop.set(f"password={DEMO_PASSWORD.get_secret_value()}")
    _recovers(shop)


def test_unknown_shop(shop: Shop) -> None:
    shop.set("shop_id=4711")
    _refused(shop.run("order", "export"), code=4, words="for this shop")
    assert shop.counts() == {"due": 3}
    shop.set("shop_id=10010")
    _recovers(shop)


def test_iom_down(shop: Shop, iom: RunningStandIn) -> None:
    shop.set("base_url=http://127.0.0.1:9")
    _refused(shop.run("order", "export"), code=4, words="127.0.0.1:9")
    assert shop.counts() == {"due": 3}
    shop.set(f"base_url={iom.url}")
    _recovers(shop)


def test_full_disk(shop: Shop) -> None:
    room = 4096 * 2

    def no_more_room() -> None:
        largest = max(path.stat().st_size for path in shop.directory.glob("shop.sqlite*"))
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest + room, largest + room))

    more = [dump_order(order) for order in sample_orders(300, seed=6, first_number=1000)]
    done = shop.run("order", "place", "-", given="\n".join(more), before=no_more_room)
    _refused(done, code=4, words="do it again afterwards")
    again = shop.run("order", "place", "-", "--format", "json", given="\n".join(more))
    report = json.loads(again.stdout)
    assert report["placed"] + report["already_placed"] == 300
    assert report["rejected"] == []


def test_two_services_at_once(shop: Shop) -> None:
    present = json.loads(shop.run("service", "show", SERVICE, "--format", "json").stdout)
    settings = [f"{name}={value}" for name, value in present["settings"].items() if name != "password"]
    command = ("service", "add", "second", "--type", "iom-order-export", "--context", CHANNEL)
    words = "Only one adapter allowed to be executable of OrderExportService, but 2 adapters found."
    _refused(shop.run(*command, *settings, "password=x"), code=3, words=words)
    added = shop.run(*command, "--inactive", *settings, "password=x")
    assert added.returncode == 0, added.stderr
    with closing(sqlite3.connect(shop.directory / "shop.sqlite")) as database, database:
        database.execute("UPDATE service_configurations SET active = 1")
    _refused(shop.run("order", "export"), code=4, words=words)
    assert shop.run("service", "deactivate", "second").returncode == 0
    _recovers(shop)
