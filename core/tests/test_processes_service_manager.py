"""What a process tells systemd: a real socket in the place of the service manager."""

import asyncio
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bc_order.testing.shop import PATIENCE_SECONDS, Shop, prepared_shop
from iomconnector.processes.service_manager import ServiceManager


@pytest.fixture
def notified(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind(str(tmp_path / "notify"))
        channel.settimeout(PATIENCE_SECONDS)
        yield channel


def until(channel: socket.socket, wanted: str) -> list[str]:
    """Read what is told until a line comes; every line before it, and it."""
    lines: list[str] = []
    while wanted not in lines:
        lines += channel.recv(1000).decode().splitlines()
    return lines


@pytest.mark.parametrize("command", [["worker"], ["serve", "--port", "0"]])
def test_a_process_tells_that_it_is_ready_lives_and_stops(
    tmp_path: Path, notified: socket.socket, command: list[str]
) -> None:
    shop: Shop = prepared_shop(tmp_path / "shop")
    variables = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "150000"}
    with shop.running(*command, variables=variables) as process:
        until(notified, "READY=1")
        for _ in range(3):
            until(notified, "WATCHDOG=1")
        process.signal(signal.SIGTERM)
        until(notified, "STOPPING=1")
        assert process.wait(PATIENCE_SECONDS) == 0


def test_an_abstract_socket_is_told_too() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind("")
        name = channel.getsockname().decode()
        ServiceManager({"NOTIFY_SOCKET": name.replace("\0", "@", 1)}).ready()
        channel.settimeout(PATIENCE_SECONDS)
        assert channel.recv(100) == b"READY=1"


def test_nothing_is_told_where_nobody_asks() -> None:
    manager = ServiceManager({})
    manager.ready()
    asyncio.run(asyncio.wait_for(manager.show_life(), PATIENCE_SECONDS))


@pytest.mark.parametrize(("pid", "microseconds"), [("1", "150000"), ("", "soon"), ("", "0")])
def test_a_watchdog_of_another_process_or_without_a_period_gets_no_sign(
    tmp_path: Path, notified: socket.socket, pid: str, microseconds: str
) -> None:
    given = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": microseconds}
    manager = ServiceManager(given | ({"WATCHDOG_PID": pid} if pid else {}))
    asyncio.run(asyncio.wait_for(manager.show_life(), PATIENCE_SECONDS))
    manager.ready()
    assert notified.recv(100) == b"READY=1"


def test_a_service_manager_that_is_gone_is_logged_and_hurts_nobody(tmp_path: Path) -> None:
    with capture_logs() as logs:
        ServiceManager({"NOTIFY_SOCKET": str(tmp_path / "gone")}).ready()
    assert [entry["event"] for entry in logs] == ["the service manager was not told"]
