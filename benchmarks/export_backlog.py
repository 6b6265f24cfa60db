"""Does a long backlog slow the export down? The same orders, with a thousand and a million rows behind them.

All rows are due; those measured are the oldest, the rows behind them belong to orders whose content nobody
comes to read in that time. One worker process on a durable database; the rate is from the first to the last
attempt as the ledger has them. Run: ``.venv/bin/python benchmarks/export_backlog.py --rows 1000 1000000``.
"""

import argparse
import asyncio
import logging
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta

import structlog
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection
from surroundings import (
    SHOPS,
    durable_database,
    pause,
    plain_orders,
    resident_megabytes,
    resume,
    scratch,
    seconds_of_exports,
    shop,
    stand_in,
    workers,
)

from iomconnector.application import Application
from iomconnector.model.exports import ExportState
from iomconnector.model.orders import Order
from iomconnector.storage.tables import export_requests, orders

BATCH = 20_000
LONGEST = 900
TAIL = 40
CHANNELS = tuple(SHOPS)


async def add_rows(application: Application, count: int) -> None:
    """Exports that are due later than those measured."""
    now = application.clock.now() + timedelta(milliseconds=1)

    async def store(connection: AsyncConnection, first: int, last: int) -> None:
        order = {"digest": "", "content": "{}", "placed_at": now, "from_sequence": False}
        rows = [
            {**order, "channel": CHANNELS[number % 2], "number": f"B{number}"}
            for number in range(first, last)
        ]
        await connection.execute(insert(orders), rows)
        of_batch = orders.c.number.in_([row["number"] for row in rows])
        keys = (await connection.execute(select(orders.c.id, orders.c.channel).where(of_batch))).all()
        await connection.execute(
            insert(export_requests),
            [
                {
                    "order_id": row.id,
                    "channel": row.channel,
                    "state": ExportState.DUE.value,
                    "attempts": 0,
                    "failures": 0,
                    "unclear": False,
                    "due_at": now,
                    "requested_at": now,
                    "updated_at": now,
                }
                for row in keys
            ],
        )

    for first in range(0, count, BATCH):
        last = min(count, first + BATCH)
        await application.database.write(
            lambda connection, first=first, last=last: store(connection, first, last)  # type: ignore[misc]
        )


def settle(database: str) -> None:
    """Bring what was filled in to its place, so that SQLite does not do it while orders are measured."""
    if database.startswith("sqlite"):
        with closing(sqlite3.connect(database.removeprefix("sqlite:///"))) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


async def measure(kind: str, rows: int, to_place: Sequence[Order]) -> None:
    """Export the oldest of so many."""
    with scratch() as directory:
        async with (
            durable_database(kind, directory) as database,
            stand_in(directory / "iom") as iom,
            shop(database, directory / "shop", iom) as application,
        ):
            await pause(application)
            await application.place_orders.many(to_place)
            await add_rows(application, rows - len(to_place))
            await asyncio.to_thread(settle, database)
            with workers(1, database, directory / "shop") as [worker]:
                before = resident_megabytes(worker.pid)
                await resume(application)
                began = time.perf_counter()
                async with asyncio.timeout(LONGEST):
                    while not await all_exported(application, to_place):  # noqa: ASYNC110
                        await asyncio.sleep(0.2)
                after = resident_megabytes(worker.pid)
                worker.kill()
            seconds = await seconds_of_exports(application)
    print(
        f"{kind:11} {rows:9} rows {len(to_place) / seconds:7.0f} orders/s"
        f"   memory of the worker {before:4.0f} -> {after:4.0f} MB   ({time.perf_counter() - began:.1f} s)"
    )


async def all_exported(application: Application, placed: Sequence[Order]) -> bool:
    """Whether the orders measured are exported, as far as the last of them tell."""
    for order in placed[-TAIL:]:
        stored = await application.orders.get(order.channel, order.number)
        if stored.request.state is not ExportState.EXPORTED:
            return False
    return True


async def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1000, 1_000_000])
    parser.add_argument("--orders", type=int, default=1000, help="Orders to export and to measure.")
    parser.add_argument("--databases", nargs="+", default=["postgresql", "sqlite"])
    arguments = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    to_place = plain_orders(arguments.orders)
    for kind in arguments.databases:
        for rows in arguments.rows:
            await measure(kind, rows, to_place)


if __name__ == "__main__":
    asyncio.run(main())
