"""How quickly two sides are compared, with how many questions, in how much memory.

The command ``iomconnector reconcile`` runs in a process of its own, against an IOM stand-in in another one,
over a period with many orders, and over a period without any; what the second takes is start-up. Beside it
the limit: a bare client loop that reads the same pages of the stand-in and does nothing with them.
Run: ``.venv/bin/python benchmarks/reconcile.py --orders 20000``.
"""

import argparse
import asyncio
import json
import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import structlog
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from surroundings import (
    ASSEMBLY,
    SHOPS,
    bare_loop,
    cpu_seconds,
    documents,
    plain_orders,
    resident_megabytes,
    shop,
    stand_in,
)

from ac_iomconnector_orderexport.order_directory import EDGE
from ac_iomconnector_rest_common.states_by_number import PAGE_SIZE
from iomconnector.application import Application
from iomconnector.model.exports import ExportState
from iomconnector.model.orders import Order
from iomconnector.storage.tables import export_requests, messages

BATCH = 500


@dataclass(frozen=True, slots=True)
class Command:
    """A command that ended.

    Arguments:
        elapsed: Seconds.
        cpu: Seconds of processor time.
        megabytes: The most memory that it had, in MB.
        said: What it said.
    """

    elapsed: float
    cpu: float
    megabytes: float
    said: dict[str, Any]


def orders_of_today(count: int) -> list[Order]:
    """Sample orders without approval, created a moment ago."""
    now = datetime.now(UTC) - timedelta(minutes=1)
    return [order.model_copy(update={"created_at": now}) for order in plain_orders(count)]


async def settle(system: Application, url: str, orders: Sequence[Order]) -> None:
    """Have all orders on both sides, and exported."""
    for first in range(0, len(orders), BATCH):
        some = orders[first : first + BATCH]
        await system.place_orders.many(some)
        await bare_loop(url, await documents(system, some))

    async def change(connection: AsyncConnection) -> None:
        now = system.clock.now()
        done = {"state": ExportState.EXPORTED.value, "attempts": 1, "exported_at": now}
        await connection.execute(update(export_requests).values(**done))

    await system.database.write(change)


async def read_bare(url: str) -> float:
    """Read all pages of both shops, and do nothing with them; seconds."""
    authorization = aiohttp.encode_basic_auth("webservice_shop", "!InterShop00!")
    started = time.perf_counter()
    async with aiohttp.ClientSession(headers={"Authorization": authorization}) as session:
        for shop_id in SHOPS.values():
            path = f"{url}/rest/order-service/shops/{shop_id}/order-states"
            offset, total = 0, 1
            while offset < total:
                query = {"orderBy": "shopOrderNumber", "offset": str(offset), "limit": str(PAGE_SIZE)}
                async with session.get(path, params=query) as answer:
                    page = json.loads(await answer.read())
                total = page["meta"]["totalCount"]
                offset += PAGE_SIZE - EDGE
    return time.perf_counter() - started


def compare(directory: Path, *options: str) -> Command:
    """Run the command to its end."""
    started = time.perf_counter()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "iomconnector", "reconcile", "--format", "json", *options],
            env={**os.environ, "IOMC_DATA_DIRECTORY": str(directory), "IOMC_ASSEMBLY": ASSEMBLY},
            stdout=output,
        )
        cpu, megabytes = 0.0, 0.0
        while process.poll() is None:
            with suppress(OSError, IndexError, ValueError):
                cpu, megabytes = cpu_seconds(process.pid), max(megabytes, resident_megabytes(process.pid))
            time.sleep(0.02)
        elapsed = time.perf_counter() - started
        output.seek(0)
        return Command(elapsed, cpu, megabytes, json.loads(output.read()))


async def questions(system: Application) -> int:
    """How many requests are in the message log."""
    async with system.database.reading() as connection:
        counted: int = (await connection.execute(select(func.count()).select_from(messages))).scalar_one()
        return counted


async def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=5000, help="Orders in the period.")
    arguments = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    orders = orders_of_today(arguments.orders)
    with tempfile.TemporaryDirectory() as folder:
        directory = Path(folder)
        (directory / "shop").mkdir()
        database = f"sqlite:///{directory / 'shop' / 'shop.sqlite'}"
        async with (
            stand_in(directory / "iom") as url,
            shop(database, directory / "shop", url) as system,
        ):
            await settle(system, url, orders)
            bare = await read_bare(url)
            shop_directory = directory / "shop"
            nothing = await asyncio.to_thread(
                compare, shop_directory, "--from", "2020-01-01", "--to", "2020-01-01"
            )
            asked = await questions(system)
            done = await asyncio.to_thread(compare, shop_directory)
            asked = await questions(system) - asked
    assert done.said["agree"] == len(orders), done.said
    seconds = done.elapsed - nothing.elapsed
    cpu = (done.cpu - nothing.cpu) / len(orders) * 1e6
    print(f"{len(orders)} orders, all of which agree, on SQLite")
    print(f"{'reading the pages bare (the limit)':40} {len(orders) / bare:8.0f} orders/s")
    print(f"{'compared':40} {len(orders) / seconds:8.0f} orders/s  {bare / seconds:5.2f} of the limit")
    print(f"{'CPU time of the command':40} {cpu:8.0f} us an order")
    print(f"{'questions':40} {asked:8d}           {1000 * asked / len(orders):5.1f} for 1,000 orders")
    print(f"{'memory of the command':40} {done.megabytes:8.0f} MB   {nothing.megabytes:5.0f} without orders")


if __name__ == "__main__":
    asyncio.run(main())
