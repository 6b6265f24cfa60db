"""The whole system on PostgreSQL: prepared, filled, exported by two at once, seen from the command line."""

import asyncio
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from dev_demo_iomconnector.sample_orders import sample_orders
from dev_iomconnector_iom import ClockConfig, ClockMode, StandIn, StandInConfig
from iomconnector.application import Application
from iomconnector.jobs.work_off import work_off
from iomconnector.model.exports import ExportState
from iomconnector.model.orders import Order
from iomconnector.ports.order_repository import PlacementOutcome
from iomconnector.testing.postgresql import PostgresqlServer
from iomconnector.testing.systems import prepared_system
from iomconnector.usecases.check_orders import Verdict, check_order

ASSEMBLY = "inspired-iomconnector"
CONFIG = StandInConfig(clock=ClockConfig(mode=ClockMode.MANUAL))


@pytest.fixture
def empty_url(postgresql_server: PostgresqlServer) -> Iterator[str]:
    """A PostgreSQL database without any table."""
    with postgresql_server.database() as name:
        yield postgresql_server.url_of(name)


def _approved(count: int) -> list[Order]:
    candidates = sample_orders(3 * count, seed=17, first_number=1000)
    return [order for order in candidates if not order.approval_steps][:count]


def _iomconnector(*arguments: str, directory: Path, url: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "iomconnector", "--assembly", ASSEMBLY, *arguments],
        env={**os.environ, "IOMC_DATABASE_URL": url, "IOMC_DATA_DIRECTORY": str(directory)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


async def _export_with_two(url: str, directory: Path, placed: list[Order]) -> None:
    async with StandIn(CONFIG) as iom, AsyncExitStack() as systems:
        services = {"base_url": iom.url}

        async def another() -> Application:
            system = prepared_system(ASSEMBLY, directory, services=services, database_url=url)
            return await systems.enter_async_context(system)

        one, other = await another(), await another()
        await asyncio.gather(one.place_orders.many(placed[::2]), other.place_orders.many(placed[1::2]))
        again = await other.place_orders.many(placed)
        assert Counter(placement.outcome for placement in again) == {
            PlacementOutcome.ALREADY_PLACED: len(placed)
        }
        runs = await asyncio.gather(work_off(one, wait=0), work_off(other, wait=0))
        assert sum(run.exported for run in runs) == len(placed)
        stored = await one.orders.page(limit=len(placed) + 1)
        assert {each.request.state for each in stored} == {ExportState.EXPORTED}
        verdicts = [await check_order(other, each) for each in stored]
        assert {each.verdict for each in verdicts} == {Verdict.SAME}, verdicts
        for order in placed:
            messages = await one.message_log.of_order(order.channel, order.number)
            sent = [message for message in messages if message.method == "POST" and message.status == 201]
            assert len(sent) == 1, f"order {order.number} was sent {len(sent)} times"


def test_two_systems_share_a_database_and_export_each_order_once(empty_url: str, tmp_path: Path) -> None:
    placed = _approved(40)
    asyncio.run(_export_with_two(empty_url, tmp_path, placed))
    _iomconnector("dbprepare", directory=tmp_path, url=empty_url)
    listed = json.loads(
        _iomconnector(
            "order", "list", "--state", "exported", "--limit", "100", "--format", "json",
            directory=tmp_path, url=empty_url,
        )
    )  # fmt: skip
    assert {order.number for order in placed} <= set(_numbers(listed))


def _numbers(listed: object) -> Iterator[str]:
    if isinstance(listed, dict):
        yield from (str(value) for key, value in listed.items() if key == "number")
        for value in listed.values():
            yield from _numbers(value)
    elif isinstance(listed, list):
        for value in listed:
            yield from _numbers(value)
