"""Orders exported a second on the embedded default, beside a bare client loop that posts the same documents.

Both talk to an IOM stand-in in a process of its own, at the same concurrency, in the same run, in turns.
Run: ``make bench``, or ``.venv/bin/python benchmarks/order_export.py --orders 500 --rounds 3``.
"""

import argparse
import asyncio
import logging
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import structlog

from ac_iomconnector_rest_common.json_numbers import encode
from dev_demo_iomconnector.sample_orders import sample_orders
from iomconnector.jobs.work_off import work_off
from iomconnector.model.exports import PlacedOrder
from iomconnector.model.orders import Order
from iomconnector.testing.systems import prepared_system

CONCURRENCY = 20
SHOPS = {"inSPIRED-inTRONICS": 10010, "inSPIRED-inTRONICS_Business": 10020}
MEDIA_TYPE = "application/vnd.intershop.order.v2+json"


@asynccontextmanager
async def stand_in(directory: Path) -> AsyncIterator[str]:
    """A fresh IOM stand-in; its URL."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "dev_iomconnector_iom", "--port", "0", "--clock", "manual", "--data-dir", str(directory)),
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        yield (await process.stdout.readline()).decode().split()[-1]
    finally:
        process.terminate()
        await process.wait()


async def bare_loop(url: str, documents: Sequence[tuple[int, bytes]]) -> float:
    """Post documents with a bare client; orders a second."""
    waiting = iter(documents)
    authorization = aiohttp.encode_basic_auth("webservice_shop", "!InterShop00!")
    headers = {"Content-Type": MEDIA_TYPE, "Authorization": authorization}

    async def post(session: aiohttp.ClientSession) -> None:
        for shop, document in waiting:
            path = f"{url}/rest/order-service/shops/{shop}/orders"
            async with session.post(path, data=document, headers=headers) as answer:
                assert answer.status == 201, await answer.text()

    async with aiohttp.ClientSession() as session:
        started = time.perf_counter()
        await asyncio.gather(*(post(session) for _ in range(CONCURRENCY)))
        return len(documents) / (time.perf_counter() - started)


async def measure(orders: Sequence[Order], directory: Path) -> dict[str, float]:
    """One round: place, export, and post the same documents bare."""
    figures: dict[str, float] = {}
    async with (
        stand_in(directory / "iom") as url,
        prepared_system(
            "inspired-iomconnector",
            directory / "shop",
            services={"base_url": url, "api_version": "2.4"},
            export_concurrency=CONCURRENCY,
        ) as application,
    ):
        started = time.perf_counter()
        await application.place_orders.many(orders)
        figures["placed"] = len(orders) / (time.perf_counter() - started)
        started = time.perf_counter()
        run = await work_off(application, wait=0)
        figures["exported"] = run.exported / (time.perf_counter() - started)
        assert run.exported == len(orders), run
        documents = []
        for order in orders:
            service = await application.export_service(order.channel)
            documents.append((SHOPS[order.channel], encode(service.preview(PlacedOrder(order)))))
    async with stand_in(directory / "bare") as url:
        figures["bare"] = await bare_loop(url, documents)
    return figures


async def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=500, help="Orders a round.")
    parser.add_argument("--rounds", type=int, default=3, help="Rounds; medians are printed.")
    arguments = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    orders = [
        order
        for order in sample_orders(3 * arguments.orders, seed=1, first_number=1)
        if not order.approval_steps
    ][: arguments.orders]
    rounds = []
    for _ in range(arguments.rounds):
        with tempfile.TemporaryDirectory() as directory:
            rounds.append(await measure(orders, Path(directory)))
    placed, exported, bare = (
        statistics.median(figures[name] for figures in rounds) for name in ("placed", "exported", "bare")
    )
    print(f"Median of {len(rounds)} rounds of {len(orders)} orders, {CONCURRENCY} at a time, SQLite")
    print(f"{'placed in one transaction':40} {placed:8.0f} orders/s")
    print(f"{'bare client loop (the limit)':40} {bare:8.0f} orders/s")
    print(
        f"{'exported, durable, with message log':40} {exported:8.0f} orders/s"
        f"  {exported / bare:5.2f} of the limit"
    )


if __name__ == "__main__":
    asyncio.run(main())
