"""From "order placed" to "in IOM": the time of one order, idle and under load, beside one bare request.

PostgreSQL: one worker process, orders are placed by this process. SQLite: this process places and exports,
as the embedded default does. One order a transaction. Idle: each order waits for the one before. Loaded: so
many a second, whether the earlier ones are done or not. The times are those of the ledger.
Run: ``.venv/bin/python benchmarks/export_latency.py --orders 300 --rate 100``.
"""

import argparse
import asyncio
import logging
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import structlog
from sqlalchemy import select
from surroundings import (
    MEDIA_TYPE,
    documents,
    durable_database,
    plain_orders,
    scratch,
    shop,
    stand_in,
    workers,
)

from iomconnector.application import Application
from iomconnector.model.exports import ExportState
from iomconnector.model.orders import Order
from iomconnector.storage.tables import export_requests, orders

LONGEST = 120


async def until_exported(application: Application, count: int) -> None:
    """Wait until so many orders are exported."""
    async with asyncio.timeout(LONGEST):
        while (await application.ledger.counts())[ExportState.EXPORTED] < count:  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def milliseconds(application: Application, numbers: Sequence[str]) -> list[float]:
    """From placing to the recorded outcome, for each order."""
    query = (
        select(orders.c.placed_at, export_requests.c.exported_at)
        .join(export_requests, export_requests.c.order_id == orders.c.id)
        .where(orders.c.number.in_(numbers))
    )
    async with application.database.reading() as connection:
        rows = (await connection.execute(query)).all()
    return [(row.exported_at - row.placed_at).total_seconds() * 1000 for row in rows]


async def idle(application: Application, to_place: Sequence[Order]) -> list[float]:
    """One order after the other."""
    for done, order in enumerate(to_place, start=1):
        await application.place_orders.one(order)
        await until_exported(application, done)
    return await milliseconds(application, [order.number for order in to_place])


async def loaded(
    application: Application, to_place: Sequence[Order], rate: float, before: int
) -> list[float]:
    """So many a second."""
    began = time.perf_counter()
    placing = []
    for index, order in enumerate(to_place):
        await asyncio.sleep(max(0.0, began + index / rate - time.perf_counter()))
        placing.append(asyncio.create_task(application.place_orders.one(order)))
    await asyncio.gather(*placing)
    await until_exported(application, before + len(to_place))
    return await milliseconds(application, [order.number for order in to_place])


async def bare(url: str, to_post: Sequence[tuple[int, bytes]]) -> list[float]:
    """One bare request after the other."""
    authorization = aiohttp.encode_basic_auth("webservice_shop", "!InterShop00!")
    headers = {"Content-Type": MEDIA_TYPE, "Authorization": authorization}
    times = []
    async with aiohttp.ClientSession() as session:
        for shop_id, document in to_post:
            began = time.perf_counter()
            path = f"{url}/rest/order-service/shops/{shop_id}/orders"
            async with session.post(path, data=document, headers=headers) as answer:
                assert answer.status == 201, await answer.text()
            times.append((time.perf_counter() - began) * 1000)
    return times


async def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=300, help="Orders of each kind.")
    parser.add_argument("--rate", type=float, default=100, help="Orders a second under load.")
    parser.add_argument("--databases", nargs="+", default=["postgresql", "sqlite"])
    arguments = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    made = plain_orders(2 * arguments.orders)
    one_by_one, at_a_rate = made[: arguments.orders], made[arguments.orders :]
    for kind in arguments.databases:
        with scratch() as directory:
            async with (
                durable_database(kind, directory) as database,
                stand_in(directory / "iom") as iom,
                stand_in(directory / "bare") as other,
                shop(database, directory / "shop", iom) as application,
            ):
                report("one bare request", await bare(other, await documents(application, one_by_one)))
                async with exporting(kind, application, database, directory / "shop"):
                    report(f"{kind}, idle", await idle(application, one_by_one))
                    times = await loaded(application, at_a_rate, arguments.rate, len(one_by_one))
                    report(f"{kind}, {arguments.rate:g} orders/s", times)


@asynccontextmanager
async def exporting(
    kind: str, application: Application, database: str, directory: Path
) -> AsyncIterator[None]:
    """Somebody exports inside the block."""
    if kind == "postgresql":
        with workers(1, database, directory):
            yield
        return
    exporter, stop = application.exporter(), asyncio.Event()
    application.place_orders.when_placed(exporter.wake)
    running = asyncio.create_task(exporter.run(stop))
    yield
    stop.set()
    await running


def report(what: str, times: Sequence[float]) -> None:
    """Print median and 99th percentile."""
    p99 = statistics.quantiles(times, n=100)[98]
    print(f"{what:32} p50 {statistics.median(times):8.1f} ms   p99 {p99:8.1f} ms")


if __name__ == "__main__":
    asyncio.run(main())
