"""What the benchmarks of the export stand on: IOM stand-in, durable databases, workers, bare client loop."""

import asyncio
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path

import aiohttp
from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from ac_iomconnector_rest_common.json_numbers import encode
from dev_demo_iomconnector.sample_orders import sample_orders
from dev_iomconnector_iom.control.client import ControlClient
from dev_iomconnector_iom.faults.rules import FaultKind, FaultRule
from iomconnector.application import Application
from iomconnector.model.exports import ExportState, PlacedOrder
from iomconnector.model.orders import Order
from iomconnector.storage.tables import export_attempts, export_pauses
from iomconnector.testing.faults.programs import Program
from iomconnector.testing.postgresql import embedded_server
from iomconnector.testing.systems import prepared_system

ASSEMBLY = "inspired-iomconnector"
SHOPS = {"inSPIRED-inTRONICS": 10010, "inSPIRED-inTRONICS_Business": 10020}
MEDIA_TYPE = "application/vnd.intershop.order.v2+json"
CONCURRENCY = 20
DURABLE = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "autovacuum": "on",
    "shared_buffers": "256MB",
}


@asynccontextmanager
async def stand_in(directory: Path, *, latency_ms: int = 0) -> AsyncIterator[str]:
    """A fresh IOM stand-in in a process of its own; its URL.

    Arguments:
        directory: Where it keeps its data.
        latency_ms: Milliseconds by which each of its answers comes later.
    """
    async with controlled_stand_in(directory, latency_ms=latency_ms) as (url, _):
        yield url


@asynccontextmanager
async def controlled_stand_in(
    directory: Path, *, latency_ms: int = 0
) -> AsyncIterator[tuple[str, ControlClient]]:
    """The same, and what controls it; that blocks."""
    token = secrets.token_hex()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "dev_iomconnector_iom", "--port", "0", "--clock", "manual", "--data-dir", str(directory)),
        stdout=subprocess.PIPE,
        env={**os.environ, "IOM_STAND_IN_CONTROL_TOKEN": token},
    )
    assert process.stdout is not None
    try:
        url = (await process.stdout.readline()).decode().split()[-1]
        control = ControlClient(f"{url}/control", token)
        if latency_ms:
            rule = FaultRule(kind=FaultKind.LATENCY, latency_ms=latency_ms)
            await asyncio.to_thread(control.add_fault, rule)
        yield url, control
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def durable_database(kind: str, directory: Path) -> AsyncIterator[str]:
    """The URL of an empty database on the disk, which loses nothing of what it committed.

    Arguments:
        kind: ``sqlite`` or ``postgresql``.
        directory: Where it may keep its files.
    """
    if kind == "sqlite":
        yield f"sqlite:///{directory / 'shop.sqlite'}"
        return
    with embedded_server(DURABLE, place=Path("/var/tmp")) as server:
        yield server.url_of(await server.create())


def plain_orders(count: int) -> list[Order]:
    """Sample orders that need no approval."""
    found = (order for order in sample_orders(3 * count, seed=1, first_number=1) if not order.approval_steps)
    return [order for order, _ in zip(found, range(count), strict=False)]


@asynccontextmanager
async def shop(database: str, directory: Path, iom: str) -> AsyncIterator[Application]:
    """A prepared shop whose services send to an IOM, as many at a time as the bare loop does."""
    async with prepared_system(
        ASSEMBLY,
        directory,
        services={"base_url": iom, "api_version": "2.4", "concurrency": CONCURRENCY},
        database_url=database,
    ) as application:
        yield application


@contextmanager
def workers(count: int, database: str, directory: Path, **settings: str) -> Iterator[list[Program]]:
    """So many ``iomconnector worker`` processes, ready to work.

    Arguments:
        count: How many.
        database: The shop's database.
        directory: The data directory of the shop.
        settings: Settings of the processes.
    """
    environment = {
        **os.environ,
        "IOMC_DATABASE_URL": database,
        "IOMC_DATA_DIRECTORY": str(directory),
        "IOMC_ASSEMBLY": ASSEMBLY,
        "IOMC_ENVIRONMENT": "production",
        "IOMC_OPERATIONS_PORT": "0",
        **{f"IOMC_{name.upper()}": value for name, value in settings.items()},
    }
    with ExitStack() as stack:
        begun = [
            stack.enter_context(
                Program(
                    f"worker-{number}",
                    [sys.executable, "-m", "iomconnector", "worker"],
                    logs=directory,
                    environment=environment,
                    ready="exports orders",
                )
            )
            for number in range(count)
        ]
        for each in begun:
            each.start()
        yield begun


async def pause(application: Application) -> None:
    """Let workers wait for :func:`resume`."""
    rows = [
        {"channel": channel, "paused_by": "benchmark", "paused_at": application.clock.now(), "reason": ""}
        for channel in SHOPS
    ]

    async def store(connection: AsyncConnection) -> None:
        await connection.execute(insert(export_pauses), rows)

    await application.database.write(store)


async def resume(application: Application) -> None:
    """Let workers begin."""

    async def clear(connection: AsyncConnection) -> None:
        await connection.execute(delete(export_pauses))

    await application.database.write(clear)


async def seconds_of_exports(application: Application) -> float:
    """From the beginning of the first attempt that exported an order to the end of the last one."""
    query = select(func.min(export_attempts.c.claimed_at), func.max(export_attempts.c.ended_at)).where(
        export_attempts.c.outcome == ExportState.EXPORTED.value
    )
    async with application.database.reading() as connection:
        first, last = (await connection.execute(query)).one()
    return float((last - first).total_seconds())


def cpu_seconds(process_id: int) -> float:
    """The processor time that a process has used."""
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_megabytes(process_id: int) -> float:
    """The memory that a process occupies."""
    pages = int(Path(f"/proc/{process_id}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1_000_000


async def documents(application: Application, orders: Sequence[Order]) -> list[tuple[int, bytes]]:
    """What is sent for orders: the shop in IOM and the document."""
    made = []
    for order in orders:
        service = await application.export_service(order.channel)
        made.append((SHOPS[order.channel], encode(service.preview(PlacedOrder(order)))))
    return made


async def bare_loop(url: str, to_post: Sequence[tuple[int, bytes]]) -> float:
    """Post documents with a bare client; orders a second."""
    waiting = iter(to_post)
    authorization = aiohttp.encode_basic_auth("webservice_shop", "!InterShop00!")
    headers = {"Content-Type": MEDIA_TYPE, "Authorization": authorization}

    async def post(session: aiohttp.ClientSession) -> None:
        for shop_id, document in waiting:
            path = f"{url}/rest/order-service/shops/{shop_id}/orders"
            async with session.post(path, data=document, headers=headers) as answer:
                assert answer.status == 201, await answer.text()

    async with aiohttp.ClientSession() as session:
        started = time.perf_counter()
        await asyncio.gather(*(post(session) for _ in range(CONCURRENCY)))
        return len(to_post) / (time.perf_counter() - started)


@contextmanager
def scratch() -> Iterator[Path]:
    """A directory on the disk for one round."""
    with tempfile.TemporaryDirectory(prefix="iomconnector-bench-", dir="/var/tmp") as directory:
        yield Path(directory)


def as_json(figures: Mapping[str, object]) -> str:
    """Figures for programs."""
    return json.dumps(figures, indent=2)
