"""Orders exported a second by worker processes, beside a bare client loop that posts the same documents.

Durable in every case: PostgreSQL with fsync, SQLite with synchronous=FULL, both on the disk. The IOM stand-in
is a process of its own; all talk to it over HTTP, so many requests at a time, in the same run, in turns.
Run: ``make bench``, or ``.venv/bin/python benchmarks/order_export.py --orders 2000 --workers 1 2``.
"""

import argparse
import asyncio
import logging
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog
from surroundings import (
    CONCURRENCY,
    bare_loop,
    cpu_seconds,
    documents,
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

LOOK_EVERY = 0.5
LONGEST = 600


@dataclass(frozen=True, slots=True)
class Run:
    """One measurement.

    Arguments:
        placed: Orders placed a second, in one transaction.
        exported: Orders exported a second.
        cpu_ms: Milliseconds of processor time an order, of all workers.
        megabytes: Memory of the largest worker in the end.
    """

    placed: float
    exported: float
    cpu_ms: float
    megabytes: float


async def export_all(orders: Sequence[Order], kind: str, count: int, directory: Path, iom: str) -> Run:
    """Place orders while the export is paused, and let workers that wait export them."""
    async with (
        durable_database(kind, directory) as database,
        shop(database, directory, iom) as application,
    ):
        await pause(application)
        started = time.perf_counter()
        await application.place_orders.many(orders)
        placed = len(orders) / (time.perf_counter() - started)
        with workers(count, database, directory) as running:
            before = sum(cpu_seconds(each.pid) for each in running)
            await resume(application)
            seconds = await until_exported(application, len(orders))
            used = sum(cpu_seconds(each.pid) for each in running) - before
            memory = max(resident_megabytes(each.pid) for each in running)
    return Run(placed, len(orders) / seconds, used / len(orders) * 1000, memory)


async def until_exported(application: Application, count: int) -> float:
    """Seconds from the first attempt to the last outcome, as the ledger has them."""
    async with asyncio.timeout(LONGEST):
        while (await application.ledger.counts())[ExportState.EXPORTED] < count:  # noqa: ASYNC110
            await asyncio.sleep(LOOK_EVERY)
    return await seconds_of_exports(application)


async def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=2000, help="Orders a round.")
    parser.add_argument("--rounds", type=int, default=3, help="Rounds; medians are printed.")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2], help="Numbers of workers.")
    parser.add_argument("--databases", nargs="+", default=["postgresql", "sqlite"])
    parser.add_argument(
        "--latencies", type=int, nargs="+", default=[0, 40], help="Milliseconds that IOM takes longer."
    )
    arguments = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    orders = plain_orders(arguments.orders)
    print(
        f"Medians of {arguments.rounds} rounds of {len(orders)} orders, "
        f"{CONCURRENCY} requests at a time for each of two shops from all workers together"
    )
    for latency in arguments.latencies:
        bare: list[float] = []
        runs: dict[tuple[str, int], list[Run]] = {}
        for _ in range(arguments.rounds):
            bare.append(await bare_round(orders, latency))
            for kind in arguments.databases:
                for count in arguments.workers:
                    with scratch() as directory:
                        async with stand_in(directory / "iom", latency_ms=latency) as iom:
                            run = await export_all(orders, kind, count, directory / "shop", iom)
                    runs.setdefault((kind, count), []).append(run)
        print(f"IOM answers {latency} ms later" if latency else "IOM answers as fast as it can")
        report(statistics.median(bare), runs)


async def bare_round(orders: Sequence[Order], latency: int) -> float:
    """The limit: the same documents, posted by a bare client."""
    with scratch() as directory:
        async with stand_in(directory / "iom", latency_ms=latency) as iom:
            async with shop(f"sqlite:///{directory / 'made.sqlite'}", directory / "made", iom) as application:
                to_post = await documents(application, orders)
            return await bare_loop(iom, to_post)


def report(limit: float, runs: Mapping[tuple[str, int], Sequence[Run]]) -> None:
    """Print each figure beside the limit."""
    print(f"{'bare client loop (the limit)':36} {limit:8.0f} orders/s")
    for (kind, count), measured in runs.items():
        exported, placed, cpu, memory = (
            statistics.median(getattr(run, name) for run in measured)
            for name in ("exported", "placed", "cpu_ms", "megabytes")
        )
        print(
            f"{f'{kind}, {count} worker' + 's' * (count > 1):36} {exported:8.0f} orders/s"
            f"  {exported / limit:5.2f} of the limit"
            f"  {cpu:5.2f} ms of a processor an order, {memory:4.0f} MB, placed {placed:5.0f}/s"
        )


if __name__ == "__main__":
    asyncio.run(main())
