"""How long do the pages about orders take with a long ledger behind them?

Of the rows, nine of ten are exported, one of twenty is parked, and the others are due. The pages are asked
for in the process, signed in, without a network; the first answer of each is thrown away. Run:
``.venv/bin/python benchmarks/operator_pages.py --rows 100000 1000000``.
"""

import argparse
import asyncio
import logging
import statistics
import time

import httpx
import structlog
from export_backlog import CHANNELS, add_rows, settle
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from surroundings import durable_database, scratch, shop

from iomconnector.application import Application
from iomconnector.model.accounts import Role
from iomconnector.web.app import create_web_application
from iomconnector.web.session_cookies import SESSION_COOKIE

PASSWORD = "a horse that reads"
NOWHERE = "http://127.0.0.1:9"
PAGES = (
    "/bo/operations",
    "/bo/orders",
    "/bo/orders?sort=oldest",
    "/bo/orders?state=parked",
    f"/bo/orders?state=due&channel={CHANNELS[0]}",
    "/bo/orders?number=B4711",
    "/bo/orders?number=B47*",
    "/bo/orders?code=benchmark.parked",
    "/bo/orders?customer=nobody",
    "/bo/orders?from=2026-01-01&attempts=1",
)
STATES = """
UPDATE export_requests SET
  state = CASE WHEN order_id % 20 = 0 THEN 'parked' WHEN order_id % 20 = 1 THEN 'due' ELSE 'exported' END,
  reason_code = CASE WHEN order_id % 20 = 0 THEN 'benchmark.parked' END,
  reason = CASE WHEN order_id % 20 = 0 THEN 'It was parked to be measured.' END,
  attempts = CASE WHEN order_id % 20 = 1 THEN 0 ELSE 1 END
"""


async def give_states(application: Application) -> None:
    """Let most of the exports be over."""

    async def store(connection: AsyncConnection) -> None:
        await connection.execute(text(STATES))
        await connection.execute(text("ANALYZE"))

    await application.database.write(store)


async def signed_in(application: Application) -> httpx.AsyncClient:
    """A client of somebody who may read."""
    await application.accounts.add("rita", PASSWORD, Role.READ_ONLY, by="benchmark")
    session = await application.sign_in.sign_in("rita", PASSWORD, client="192.0.2.1")
    transport = httpx.ASGITransport(create_web_application(application))
    client = httpx.AsyncClient(transport=transport, base_url="http://office.example", timeout=120)
    client.cookies.set(SESSION_COOKIE, session.token)
    return client


async def measure(kind: str, rows: int, times: int) -> None:
    """Fill in so many rows, and ask for each page."""
    with scratch() as directory:
        async with (
            durable_database(kind, directory) as database,
            shop(database, directory / "shop", NOWHERE) as application,
        ):
            began = time.perf_counter()
            await add_rows(application, rows)
            await give_states(application)
            await asyncio.to_thread(settle, database)
            print(f"{kind}, {rows} orders, filled in {time.perf_counter() - began:.0f} s", flush=True)
            async with await signed_in(application) as client:
                for path in PAGES:
                    await ask(client, path, times)


async def ask(client: httpx.AsyncClient, path: str, times: int) -> None:
    """Ask for a page, and print how long it took."""
    wall, processor = [], []
    for _ in range(times + 1):
        began, used = time.perf_counter(), time.process_time()
        answer = await client.get(path)
        wall.append(time.perf_counter() - began)
        processor.append(time.process_time() - used)
        answer.raise_for_status()
    print(
        f"  {path:60} {1000 * statistics.median(wall[1:]):8.1f} ms   longest {1000 * max(wall[1:]):8.1f}"
        f"   processor {1000 * statistics.median(processor[1:]):8.1f}   {len(answer.content)} bytes",
        flush=True,
    )


async def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[100_000])
    parser.add_argument("--times", type=int, default=5, help="Answers of each page to measure.")
    parser.add_argument("--databases", nargs="+", default=["sqlite"])
    arguments = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    for kind in arguments.databases:
        for rows in arguments.rows:
            await measure(kind, rows, arguments.times)


if __name__ == "__main__":
    asyncio.run(main())
