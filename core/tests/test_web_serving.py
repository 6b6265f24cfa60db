"""``iomconnector serve``: a process with a port, background work and signals."""

import json
import signal
import socket
from contextlib import closing
from pathlib import Path

import pytest

from bc_order.testing.file_order_system import HOLD
from bc_order.testing.http_caller import Caller
from bc_order.testing.order_documents import order_document
from bc_order.testing.shop import PATIENCE_SECONDS, Serving, Shop, prepared_shop, wait_until
from iomconnector.testing.samples import CHANNEL


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return prepared_shop(tmp_path)


def caller(shop: Shop, server: Serving) -> Caller:
    return Caller(server.address, shop.token("website", CHANNEL))


def state(website: Caller, number: str) -> str:
    return str(website.get(f"/api/orders/{CHANNEL}/{number}").content["state"])


def held(shop: Shop) -> list[Path]:
    return list(shop.oms.glob("held-*"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_listens_answers_there_and_ends_with_exit_code_0(
    shop: Shop, number: signal.Signals
) -> None:
    with shop.start("serve", "--port", "0") as process:
        assert process.stdout is not None
        said = process.stdout.readline().decode()
        url = said.removeprefix("Listening on ").partition(",")[0]
        assert said == f"Listening on {url}, the API is described at {url}/docs.\n"
        answer = Caller(url.removeprefix("http://")).get("/health")
        assert (answer.status, answer.content) == (200, {"status": "up", "skipped_cartridges": []})
        process.send_signal(number)
        _, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0, err
    assert b"Traceback" not in err


def test_orders_are_exported_in_the_background_whoever_places_them(shop: Shop) -> None:
    with shop.serving() as server:
        website = caller(shop, server)
        assert website.post("/api/orders", order_document("web")).status == 201
        shop.run("order", "place", "-", stdin=json.dumps(order_document("command")))
        wait_until(lambda: state(website, "web") == "exported", "the order of the website is exported")
        wait_until(lambda: state(website, "command") == "exported", "the order of the command is exported")
    assert len(shop.exported()) == 2


def test_without_export_orders_wait(shop: Shop) -> None:
    with shop.serving("--no-export") as server:
        website = caller(shop, server)
        assert website.post("/api/orders", order_document("waits")).status == 201
    assert shop.json("order", "list")["counts"]["due"] == 1
    assert shop.exported() == []


def test_the_first_signal_finishes_the_export_that_was_begun(shop: Shop) -> None:
    (shop.oms / HOLD).touch()
    with shop.serving() as server:
        website = caller(shop, server)
        website.post("/api/orders", order_document("begun"))
        wait_until(lambda: held(shop), "the order is being sent")
        server.process.signal(signal.SIGTERM)
        wait_until(lambda: refuses(server.address), "it listens no more")
        assert server.process.runs
        (shop.oms / HOLD).unlink()
        ended = server.end()
    assert ended.code == 0, ended
    assert shop.json("order", "show", "begun")["state"] == "exported"


def test_the_second_signal_ends_it_and_the_next_export_makes_no_second_order(shop: Shop) -> None:
    (shop.oms / HOLD).touch()
    with shop.serving(variables={"IOMC_EXPORT_LEASE": "1"}) as server:
        website = caller(shop, server)
        website.post("/api/orders", order_document("cut"))
        wait_until(lambda: held(shop), "the order is being sent")
        server.process.signal(signal.SIGTERM)
        wait_until(lambda: refuses(server.address), "it listens no more")
        server.process.signal(signal.SIGTERM)
        assert server.end().code == -signal.SIGTERM
    (shop.oms / HOLD).unlink()
    assert shop.run("order", "export", "--wait", "30").code == 0
    assert shop.json("order", "check") == {"agree": 1, "disagree": []}


def test_the_first_signal_finishes_the_request_that_was_begun(shop: Shop) -> None:
    body = json.dumps(order_document("half")).encode()
    with shop.serving("--no-export") as server:
        website = caller(shop, server)
        head = (
            "POST /api/orders HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {website.token}\r\nContent-Length: {len(body)}\r\n"
            "Expect: 100-continue\r\n\r\n"
        )
        with closing(connected(server.address)) as connection:
            connection.sendall(head.encode())
            assert connection.recv(1000).startswith(b"HTTP/1.1 100 ")
            connection.sendall(body[:100])
            server.process.signal(signal.SIGTERM)
            wait_until(lambda: refuses(server.address), "it listens no more")
            connection.sendall(body[100:])
            assert connection.recv(1000).startswith(b"HTTP/1.1 201 ")
        ended = server.end()
    assert ended.code == 0, ended
    assert shop.json("order", "list")["orders"][0]["number"] == "half"


def connected(address: str) -> socket.socket:
    host, _, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE_SECONDS)


def refuses(address: str) -> bool:
    try:
        connected(address).close()
    except ConnectionRefusedError:
        return True
    except ConnectionResetError:
        return False
    return False


def test_a_port_that_is_taken_is_told_with_exit_code_3(shop: Shop) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        ended = shop.run("serve", "--port", str(port))
    assert (ended.code, ended.out) == (3, "")
    assert ended.err == (
        f"error: Port {port} of 127.0.0.1 cannot be had: Address already in use. "
        "Choose others with --host and --port, or stop the process that listens there.\n"
    )


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.host.invalid"])
def test_an_address_that_is_not_here_is_told_with_exit_code_3(shop: Shop, host: str) -> None:
    ended = shop.run("serve", "--port", "0", variables={"IOMC_HOST": host})
    assert (ended.code, ended.out) == (3, "")
    assert ended.err.startswith(f"error: Port 0 of {host} cannot be had: ")


def test_a_database_that_is_not_prepared_is_told_before_it_listens(shop: Shop) -> None:
    (shop.data / "shop.sqlite").unlink()
    ended = shop.run("serve", "--port", "0")
    assert (ended.code, ended.out) == (4, "")
    assert ended.err.endswith("Run `iomconnector dbprepare` first.\n")


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_a_port_that_is_none_ends_with_exit_code_2(shop: Shop, port: str) -> None:
    ended = shop.run("serve", "--port", port)
    assert (ended.code, ended.out) == (2, "")


def test_it_listens_on_ipv6(shop: Shop) -> None:
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    with shop.serving("--host", "::1") as server:
        assert server.address.startswith("[::1]:")
        assert Caller(server.address).get("/health").status == 200


def test_a_background_service_that_fails_ends_the_process_and_is_named(shop: Shop) -> None:
    body = """
from iomconnector.jobs.background import BackgroundService


async def run(stop):
    raise RuntimeError("out of ink")


@hookimpl
def iomconnector_background_services(application):
    return [BackgroundService("printer", run)]
"""
    ended = shop.run("serve", "--port", "0", variables=shop.assembly_with("printing", body))
    assert ended.code == 1
    assert ended.err.endswith(
        "error: The background service 'printer' failed: RuntimeError: out of ink. The log tells more.\n"
    )


def test_a_background_service_may_end_early_and_is_told_to_stop_at_the_end(shop: Shop) -> None:
    body = """
from pathlib import Path

from iomconnector.jobs.background import BackgroundService


async def brief(stop):
    Path("brief").touch()


async def long(stop):
    await stop.wait()
    Path("long").touch()


@hookimpl
def iomconnector_background_services(application):
    return [BackgroundService("brief", brief), BackgroundService("long", long)]
"""
    with shop.serving(variables=shop.assembly_with("writing", body)) as server:
        wait_until((shop.directory / "brief").exists, "the brief service ended")
        assert Caller(server.address).get("/health").status == 200
        assert not (shop.directory / "long").exists()
    assert (shop.directory / "long").exists()


def test_a_route_that_fails_answers_a_problem_without_its_reason_and_logs_it(shop: Shop) -> None:
    body = """
from fastapi import APIRouter

router = APIRouter()


@router.get("/fails")
async def fails():
    raise RuntimeError("the secret is 1234")


@hookimpl
def iomconnector_routers(application):
    return [router]
"""
    variables = {**shop.assembly_with("failing", body), "IOMC_LOG_FORMAT": "json"}
    with shop.serving(variables=variables) as server:
        answer = Caller(server.address).get("/fails")
        assert (answer.status, answer.content["code"]) == (500, "server.error")
        assert "1234" not in answer.body.decode()
        server.process.signal(signal.SIGTERM)
        ended = server.end()
    assert ended.code == 0, ended
    events = [json.loads(line) for line in ended.err.splitlines()]
    assert {"started", "stopping", "ended"} <= {event["event"] for event in events}
    (failure,) = (event for event in events if "exception" in event)
    assert "RuntimeError: the secret is 1234" in failure["exception"]
