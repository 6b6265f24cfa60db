"""The operations listener, and the health of the web application: real processes, asked over real sockets."""

import asyncio
import json
import signal
import socket
import sqlite3
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest

from bc_order.testing.file_order_system import HOLD
from bc_order.testing.http_caller import Answer, Caller
from bc_order.testing.order_documents import order_document
from bc_order.testing.preloaded import Running
from bc_order.testing.shop import Shop, prepared_shop, wait_until
from iomconnector.processes.health import Health
from iomconnector.processes.operations import operations_listener
from iomconnector.settings import Settings
from iomconnector.storage.database import Database

ON_A_FREE_PORT = {"IOMC_OPERATIONS_PORT": "0"}
TOKEN = "operations-token"


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return prepared_shop(tmp_path)


def operations_of(process: Running) -> Caller:
    wait_until(lambda: "Operations on " in process.out, "the operations listener is announced")
    return Caller(process.out.partition("Operations on http://")[2].partition(".\n")[0])


def test_a_worker_that_can_work_is_live_and_ready(shop: Shop) -> None:
    with shop.working(variables=ON_A_FREE_PORT) as worker:
        operations = operations_of(worker)
        live, ready = operations.get("/health/live"), operations.get("/health/ready")
        assert (live.status, live.content) == (200, {"status": "live"})
        assert (ready.status, ready.content) == (200, {"status": "ready", "problems": []})
        assert operations.get("/").status == 404


def test_serve_has_it_too_and_keeps_details_from_strangers(shop: Shop) -> None:
    with shop.serving("--no-export", "--operations-port", "0") as server:
        strangers, operations = Caller(server.address), operations_of(server.process)
        assert strangers.get("/health").content == {"status": "up", "skipped_cartridges": []}
        assert strangers.get("/health/live").content == {"status": "live"}
        assert strangers.get("/health/ready").content == {"status": "ready"}
        behind(shop)
        wait_until(lambda: operations.get("/health/ready").status == 503, "it is not ready")
        wait_until(lambda: strangers.get("/health/ready").status == 503, "it tells strangers")
        assert strangers.get("/health/ready").content == {"status": "not ready"}
        assert strangers.get("/health/live").status == 200
        (problem,) = operations.get("/health/ready").content["problems"]
        assert problem["check"] == "database"
        assert "is at revision 0001" in problem["reason"]


def behind(shop: Shop) -> None:
    with closing(sqlite3.connect(shop.data / "shop.sqlite")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")


def test_nothing_listens_unless_a_port_is_set(shop: Shop) -> None:
    with shop.working() as worker:
        assert "Operations" not in worker.out


def test_several_on_one_machine_take_free_ports(shop: Shop) -> None:
    with shop.working(variables=ON_A_FREE_PORT) as one, shop.working(variables=ON_A_FREE_PORT) as other:
        addresses = {operations_of(each).address for each in (one, other)}
        assert len(addresses) == 2


def test_a_port_that_is_taken_is_told_with_the_setting_that_mends_it(shop: Shop) -> None:
    with shop.working(variables=ON_A_FREE_PORT) as first:
        port = operations_of(first).address.partition(":")[2]
        tried = shop.run("worker", "--operations-port", port)
    assert (tried.code, tried.out) == (3, "")
    assert tried.err == (
        f"error: Port {port} of 127.0.0.1 cannot be had: Address already in use. Set IOMC_OPERATIONS_PORT "
        "to another port, or to 0 for a free one, or stop the process that listens there.\n"
    )


@pytest.mark.parametrize("command", [["worker"], ["serve", "--port", "0"]])
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "shop.example.com"])
def test_off_this_machine_it_wants_a_token_before_it_starts(
    shop: Shop, command: list[str], host: str
) -> None:
    tried = shop.run(*command, variables={**ON_A_FREE_PORT, "IOMC_OPERATIONS_HOST": host})
    assert (tried.code, tried.out) == (3, "")
    assert f"The operations listener on {host} is open to other machines" in tried.err
    assert "Set IOMC_OPERATIONS_TOKEN" in tried.err


def test_it_is_unready_from_the_signal_on_and_answers_until_the_end(shop: Shop) -> None:
    (shop.oms / HOLD).touch()
    shop.run("order", "place", "-", stdin=json.dumps(order_document("begun")))
    with shop.working(variables=ON_A_FREE_PORT) as worker:
        operations = operations_of(worker)
        wait_until(lambda: list(shop.oms.glob("held-*")), "the order is being sent")
        worker.signal(signal.SIGTERM)
        wait_until(lambda: operations.get("/health/ready").status == 503, "it is not ready")
        assert operations.get("/health/ready").content == {
            "status": "not ready",
            "problems": [{"check": "process", "reason": "It is stopping."}],
        }
        assert operations.get("/health/live").status == 200
        (shop.oms / HOLD).unlink()
        assert worker.wait(60) == 0, worker.err


async def metrics() -> tuple[bytes, str]:
    return b"orders 1\n", "text/plain; version=1.0.0; charset=utf-8"


@asynccontextmanager
async def listener(tmp_path: Path, health: Health | None = None, **values: str) -> AsyncIterator[Caller]:
    settings = Settings.of({"operations_port": 0, **values}, {})
    database = Database(f"sqlite:///{tmp_path / 'shop.sqlite'}")
    async with operations_listener(settings, health or Health(database), metrics) as url:
        assert url is not None
        yield Caller(url.removeprefix("http://"))


async def asked(caller: Caller, path: str, headers: Mapping[str, str] | None = None) -> Answer:
    return await asyncio.to_thread(caller.send, "GET", path, None, headers)


def test_metrics_are_given_as_they_are(tmp_path: Path) -> None:
    async def ask() -> Answer:
        async with listener(tmp_path) as caller:
            return await asked(caller, "/metrics")

    answer = asyncio.run(ask())
    assert (answer.status, answer.body) == (200, b"orders 1\n")
    assert answer.headers["content-type"] == "text/plain; version=1.0.0; charset=utf-8"


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        ("", 401), ("Bearer", 401), ("Bearer wrong", 401), (f"Basic {TOKEN}", 401), (f"Bearer {TOKEN}s", 401),
        (f"Bearer {TOKEN[:-1]}", 401), ("Bearer \xe4", 401), (f"Bearer {TOKEN}", 200),
        (f"bearer {TOKEN}", 200),
    ],
)  # fmt: skip
def test_with_a_token_metrics_are_for_those_who_bear_it(
    tmp_path: Path, host: str, authorization: str, status: int
) -> None:
    async def ask() -> tuple[Answer, Answer]:
        async with listener(tmp_path, operations_host=host, operations_token=TOKEN) as caller:
            here = Caller(f"127.0.0.1:{caller.address.rpartition(':')[2]}")
            return (
                await asked(here, "/metrics", {"Authorization": authorization}),
                await asked(here, "/health/live"),
            )

    answer, live = asyncio.run(ask())
    assert answer.status == status
    assert (b"orders" in answer.body) == (status == 200)
    assert live.status == 200


def test_a_database_that_does_not_answer_makes_it_unready_in_time(tmp_path: Path) -> None:
    async def ask() -> tuple[Answer, Answer]:
        silent = socket.create_server(("127.0.0.1", 0))
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        database = Database(f"postgresql://someone@{address}/shop?connect_timeout=30&sslmode=disable")
        health = Health(database, seconds=0.2)
        health.started()
        async with listener(tmp_path, health) as caller:
            answers = await asked(caller, "/health/ready"), await asked(caller, "/health/live")
        await health.aclose()
        await database.aclose()
        silent.close()
        return answers

    ready, live = asyncio.run(ask())
    assert ready.status == 503
    assert ready.content["problems"] == [
        {"check": "database", "reason": "It did not answer within 0.2 seconds."}
    ]
    assert live.status == 200


def test_a_database_that_goes_and_comes_back_is_noticed(tmp_path: Path, shop: Shop) -> None:
    with shop.working(variables=ON_A_FREE_PORT) as worker:
        operations = operations_of(worker)
        (shop.data / "shop.sqlite").rename(shop.data / "moved")
        wait_until(lambda: operations.get("/health/ready").status == 503, "it is not ready")
        assert "is not there" in operations.get("/health/ready").content["problems"][0]["reason"]
        (shop.data / "moved").rename(shop.data / "shop.sqlite")
        wait_until(lambda: operations.get("/health/ready").status == 200, "it is ready again")
