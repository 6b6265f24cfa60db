"""The stand-in beside the web application."""

import asyncio
import socket
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from structlog.testing import capture_logs

from dev_iomconnector_iom.beside_the_shop import PORT_VARIABLE, stand_in_service


async def _run_until(directory: Path, event: str) -> list[dict[str, object]]:
    """Run the service until it logs something, then stop it in good order."""
    stop = asyncio.Event()
    with capture_logs() as logs:
        running = asyncio.ensure_future(stand_in_service(directory).run(stop))
        async with asyncio.timeout(20):
            while not any(event in str(line["event"]) for line in logs):
                assert not running.done(), logs
                await asyncio.sleep(0)
        found = [dict(line) for line in logs]
        if "url" in found[-1]:
            with pytest.raises(HTTPError) as answer:
                await asyncio.to_thread(urlopen, f"{found[-1]['url']}/rest/order-service/shops/1/orders/1")
            assert answer.value.code == 401
            answer.value.close()
        stop.set()
        await running
    return found


def test_it_listens_until_it_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PORT_VARIABLE, "0")
    asyncio.run(_run_until(tmp_path, "listens"))


def test_a_taken_port_is_logged_and_takes_nothing_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv(PORT_VARIABLE, str(taken.getsockname()[1]))
        [line] = asyncio.run(_run_until(tmp_path, "does not start"))
    assert line["log_level"] == "warning"
    assert PORT_VARIABLE in str(line["mend"])
