"""``iomconnector worker``: exports without a web application, beside any number of others."""

import json
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bc_order.testing.file_order_system import HOLD
from bc_order.testing.http_caller import Caller
from bc_order.testing.order_documents import order_document
from bc_order.testing.preloaded import Running
from bc_order.testing.shop import PATIENCE_SECONDS, Shop, prepared_shop, wait_until
from iomconnector.testing.samples import CHANNEL, OTHER_CHANNEL


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return prepared_shop(tmp_path)


def place(shop: Shop, *numbers: str) -> None:
    documents = "\n".join(json.dumps(order_document(number)) for number in numbers)
    assert shop.run("order", "place", "-", stdin=documents).code == 0


def state_of(shop: Shop, number: str) -> str:
    return str(shop.json("order", "show", number)["state"])


def held(shop: Shop) -> list[Path]:
    return list(shop.oms.glob("held-*"))


def open_claims(shop: Shop) -> list[tuple[str, str | None]]:
    with closing(sqlite3.connect(shop.data / "shop.sqlite", timeout=PATIENCE_SECONDS)) as connection:
        query = "SELECT state, lease_token FROM export_requests WHERE lease_token IS NOT NULL"
        return connection.execute(query).fetchall()


def ended(worker: Running) -> int:
    return worker.wait(PATIENCE_SECONDS)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_who_works_and_ends_with_exit_code_0(shop: Shop, number: signal.Signals) -> None:
    with shop.start("worker") as process:
        assert process.stdout is not None
        said = process.stdout.readline().decode()
        assert said.startswith("Worker ")
        assert f"/{process.pid}/" in said
        assert said.endswith(" exports orders of all channels.\n")
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert (process.returncode, out) == (0, b""), err
    assert b"Traceback" not in err


def test_orders_that_others_place_are_exported(shop: Shop) -> None:
    with shop.working():
        place(shop, "one", "two")
        wait_until(lambda: len(shop.exported()) == 2, "both orders are exported")


def test_web_and_workers_share_one_ledger(shop: Shop) -> None:
    token = shop.token("website", CHANNEL)
    numbers = [f"shared-{number}" for number in range(12)]
    with shop.serving("--no-export") as server, shop.working(), shop.working():
        website = Caller(server.address, token)
        for number in numbers:
            assert website.post("/api/orders", order_document(number)).status == 201
        wait_until(lambda: len(shop.exported()) == len(numbers), "all orders are exported")
    assert shop.json("order", "check") == {"agree": len(numbers), "disagree": []}


def test_it_exports_the_channels_that_it_is_given_and_no_others(shop: Shop) -> None:
    documents = [
        order_document("here", channel=OTHER_CHANNEL),
        order_document("there"),
    ]
    for document in documents:
        assert shop.run("order", "place", "-", stdin=json.dumps(document)).code == 0
    with shop.working("--channel", OTHER_CHANNEL):
        wait_until(lambda: state_of(shop, "here") == "exported", "the order of the channel is exported")
    assert state_of(shop, "there") == "due"


def test_a_channel_that_does_not_exist_is_told_before_work_begins(shop: Shop) -> None:
    tried = shop.run("worker", "--channel", "nowhere")
    assert (tried.code, tried.out) == (1, "")
    assert "nowhere" in tried.err


def test_a_database_that_is_not_prepared_is_told_with_exit_code_4(shop: Shop) -> None:
    (shop.data / "shop.sqlite").unlink()
    tried = shop.run("worker")
    assert (tried.code, tried.out) == (4, "")
    assert tried.err.endswith("Run `iomconnector dbprepare` first.\n")
    assert not (shop.data / "shop.sqlite").exists()


def test_a_database_of_an_older_release_is_told_with_both_revisions(shop: Shop) -> None:
    with closing(sqlite3.connect(shop.data / "shop.sqlite")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    tried = shop.run("worker")
    assert tried.code == 4
    assert "is at revision 0001, and this release needs " in tried.err
    assert tried.err.endswith("Run `iomconnector dbprepare` first.\n")


def test_a_database_that_a_newer_release_prepared_serves(shop: Shop) -> None:
    with closing(sqlite3.connect(shop.data / "shop.sqlite")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with shop.working():
        place(shop, "newer")
        wait_until(shop.exported, "the order is exported")


def test_the_first_signal_finishes_what_was_begun_and_leaves_nothing_leased(shop: Shop) -> None:
    (shop.oms / HOLD).touch()
    place(shop, *(f"order-{number}" for number in range(6)))
    with shop.working("--concurrency", "2") as worker:
        wait_until(lambda: len(held(shop)) == 2, "two orders are being sent")
        worker.signal(signal.SIGTERM)
        wait_until(lambda: "waiting for what was begun" in worker.err, "it says what it waits for")
        assert worker.runs
        place(shop, "late")
        (shop.oms / HOLD).unlink()
        assert ended(worker) == 0, worker.err
        log = worker.err
    assert open_claims(shop) == []
    states = [order["state"] for order in shop.json("order", "list")["orders"]]
    assert states.count("exported") == len(shop.exported()) >= 2
    assert state_of(shop, "late") == "due"
    note = next(line for line in log.splitlines() if "waiting for what was begun" in line)
    assert "order exporter" in note
    assert "order-0" in note


def test_what_cannot_be_finished_in_time_is_given_back_and_made_no_second_time(shop: Shop) -> None:
    (shop.oms / HOLD).touch()
    place(shop, "one", "other")
    with shop.working("--concurrency", "1", variables={"IOMC_SHUTDOWN_GRACE": "0.5"}) as worker:
        wait_until(lambda: held(shop), "an order is being sent")
        worker.signal(signal.SIGTERM)
        assert ended(worker) == 0, worker.err
        assert "not finished in time" in worker.err
    assert open_claims(shop) == []
    [being_sent] = held(shop)
    shown = shop.json("order", "show", being_sent.name.rsplit("-", 1)[1])
    assert (shown["state"], shown["attempts"]) == ("due", 1)
    assert "was stopped during the attempt" in shown["reason"]
    (shop.oms / HOLD).unlink()
    with shop.working():
        wait_until(lambda: len(shop.exported()) == 2, "another worker exports them at once")
    assert shop.json("order", "check") == {"agree": 2, "disagree": []}


WITHOUT_WEB = """
@hookimpl
def iomconnector_routers(application):
    raise RuntimeError("a worker has no routes")
"""


def test_it_makes_no_web_application(shop: Shop) -> None:
    variables = shop.assembly_with("with_routes", WITHOUT_WEB)
    with shop.working(variables=variables):
        place(shop, "one")
        wait_until(shop.exported, "the order is exported")
    program = "import sys, iomconnector.cli.worker_command; sys.exit('iomconnector.web' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


PLACES = """
from pathlib import Path

from iomconnector.jobs.background import BackgroundService, Place


def running(name):
    async def run(stop):
        Path(name).touch()
        await stop.wait()

    return run


@hookimpl
def iomconnector_background_services(application):
    return [
        BackgroundService("work", running("work")),
        BackgroundService("web", running("web"), Place.WEB),
    ]
"""


@pytest.mark.parametrize(
    ("command", "begun"), [("worker", {"work"}), ("serve", {"work", "web"}), ("serve --no-export", {"web"})]
)
def test_background_services_run_where_they_belong(shop: Shop, command: str, begun: set[str]) -> None:
    variables = shop.assembly_with("places", PLACES)
    name, *options = command.split()
    process = shop.working if name == "worker" else shop.serving
    with process(*options, variables=variables):
        wait_until(lambda: all((shop.directory / each).exists() for each in begun), "they have begun")
    assert {each for each in ("work", "web") if (shop.directory / each).exists()} == begun
