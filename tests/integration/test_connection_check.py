"""The connection test of the IOM Order Export Service, over real sockets: what answers, what is wrong."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from ac_iomconnector_orderexport.service_definition import SERVICE
from ac_iomconnector_orderexport.testing.scripted_iom import service_at
from dev_iomconnector_iom import ApiVersion, RunningStandIn, StandInConfig, run_in_thread
from dev_iomconnector_iom.config import DEMO_PASSWORD
from iomconnector.errors import ConnectorError
from iomconnector.testing.event_loop import in_event_loop

SHOP = 10010


@pytest.fixture(scope="module")
def iom() -> Iterator[RunningStandIn]:
    with run_in_thread(StandInConfig(control_token="test")) as running:
        yield running


@contextmanager
def _silent() -> Iterator[str]:
    """A server that takes connections and never answers."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def _free_address() -> str:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}"


async def _check(url: str, **settings: Any) -> str:
    values: dict[str, Any] = {
        "api_version": "auto",
        "shop_id": SHOP,
        "shop_name": "inTRONICS",
        "user": "webservice_shop",
        "password": DEMO_PASSWORD.get_secret_value(),
        **settings,
    }
    service = service_at(url, **values)
    assert SERVICE.check is not None
    try:
        return await SERVICE.check(service)
    finally:
        await service.aclose()


@pytest.mark.parametrize(("version", "found"), [("2.0", "2.0"), ("2.2", "2.2"), ("2.4", "2.4")])
def test_it_says_which_version_answered_for_which_shop(version: str, found: str) -> None:
    config = StandInConfig(control_token="test", api_version=ApiVersion(version))
    with run_in_thread(config) as running:

        @in_event_loop
        async def check() -> None:
            assert await _check(running.url) == (
                f"IOM at {running.url} speaks Order API {found}, and order states of shop {SHOP} (inTRONICS) "
                "can be read as webservice_shop."
            )

        check()


@in_event_loop
async def test_a_version_that_is_configured_is_not_looked_for(iom: RunningStandIn) -> None:
    said = await _check(iom.url, api_version="2.2", shop_name="")
    assert said == (
        f"IOM at {iom.url} answers; Order API 2.2 is configured, and order states of shop {SHOP} can be read "
        "as webservice_shop."
    )


@in_event_loop
async def test_it_changes_nothing(iom: RunningStandIn) -> None:
    await _check(iom.url)
    assert iom.control.stored_numbers(SHOP) == []


@pytest.mark.parametrize(
    ("settings", "hint"),
    [
        ({"password": "wrong"}, "Check user, password or token of the service."),
        ({"user": "nobody"}, "Check user, password or token of the service."),
        ({"shop_id": 4711}, "for this shop."),
    ],
)
@in_event_loop
async def test_wrong_settings_are_told_apart(
    iom: RunningStandIn, settings: dict[str, Any], hint: str
) -> None:
    with pytest.raises(ConnectorError) as refused:
        await _check(iom.url, **settings)
    assert refused.value.hint.endswith(hint)
    assert DEMO_PASSWORD.get_secret_value() not in str(refused.value)


@in_event_loop
async def test_a_refused_connection_names_the_address() -> None:
    address = _free_address()
    with pytest.raises(ConnectorError) as refused:
        await _check(address)
    assert refused.value.hint == f"Check that IOM runs and listens at {address}."


@in_event_loop
async def test_a_server_that_is_silent_is_asked_once_and_named() -> None:
    with _silent() as address, pytest.raises(ConnectorError) as refused:
        await _check(address, read_timeout=0.3, read_retries=10)
    assert refused.value.message == f"IOM at {address} did not answer within 0.3 seconds."
    assert "read_timeout" in refused.value.hint


def test_the_command_line_tells_the_result_and_ends_accordingly(iom: RunningStandIn, tmp_path: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "iomconnector", "-e", "production", *arguments],
            cwd=Path(__file__).parents[2],
            env={**os.environ, "IOMC_DATA_DIRECTORY": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=120,
        )

    service = "iom-order-export-intronics"
    assert run("dbprepare").returncode == 0
    assert run("service", "set", service, f"base_url={iom.url}").returncode == 0
    works = run("service", "test", service)
    assert (works.returncode, works.stderr) == (0, "")
    assert works.stdout.startswith("works (")
    assert "speaks Order API 2.4" in works.stdout
    run("service", "set", service, "shop_id=4711")
    fails = run("service", "test", service, "--format", "json")
    assert (fails.returncode, fails.stderr) == (1, "")
    assert json.loads(fails.stdout)["ok"] is False
