"""Several processes on one database, and processes that die in the middle."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Sequence
from contextlib import aclosing
from typing import Any

from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import Database
from iomconnector.storage.export_ledger import SqlExportLedger
from iomconnector.storage.order_repository import SqlOrderRepository
from iomconnector.testing.contracts import OrderStorage
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import ManualClock
from iomconnector.testing.samples import CHANNEL, CONTEXTS, sample_order

CLAIM_ALL = """
import asyncio, json, sys
from contextlib import aclosing
from datetime import timedelta
from iomconnector.storage.database import Database
from iomconnector.storage.export_ledger import SqlExportLedger
from iomconnector.testing.samples import CHANNEL, NOON

async def main(url):
    claimed = []
    async with aclosing(Database(url)) as database:
        ledger = SqlExportLedger(database)

        async def worker():
            lease = timedelta(minutes=2)
            while claims := await ledger.claim(CHANNEL, worker="w", now=NOON, lease=lease, limit=3):
                claimed.extend(claim.request.number for claim in claims)

        await ledger.counts()
        print("ready", flush=True)
        sys.stdin.readline()
        await asyncio.gather(worker(), worker())
    print(json.dumps(claimed))

asyncio.run(main(sys.argv[1]))
"""

PLACE_THE_SAME = """
import asyncio, json, sys
from contextlib import aclosing
from iomconnector.model.exports import ExportState
from iomconnector.storage.database import Database
from iomconnector.storage.order_repository import SqlOrderRepository
from iomconnector.testing.memory import ManualClock
from iomconnector.testing.samples import sample_order

async def main(url, first):
    outcomes = {}
    async with aclosing(Database(url)) as database:
        orders = SqlOrderRepository(database, ManualClock())

        async def place(*numbers):
            placed = [(sample_order(number), ExportState.DUE) for number in numbers]
            for number, outcome in zip(numbers, await orders.place(placed), strict=True):
                outcomes[number] = outcome

        await orders.page()
        print("ready", flush=True)
        sys.stdin.readline()
        numbers = [str(number % 60) for number in range(int(first), int(first) + 60)]
        await asyncio.gather(*(place(*numbers[start:start + 3]) for start in range(0, 60, 3)))
    print(json.dumps(outcomes))

asyncio.run(main(*sys.argv[1:]))
"""

PLACE_FOR_EVER = """
import asyncio, itertools, sys
from iomconnector.model.exports import ExportState
from iomconnector.storage.database import Database
from iomconnector.storage.order_repository import SqlOrderRepository
from iomconnector.testing.memory import ManualClock
from iomconnector.testing.samples import sample_order

async def main(url, name):
    orders = SqlOrderRepository(Database(url), ManualClock())

    async def place(worker):
        for index in itertools.count():
            numbers = [f"{name}-{worker}-{index}-{part}" for part in range(3)]
            await orders.place([(sample_order(number), ExportState.DUE) for number in numbers])
            print(*numbers, flush=True)

    await asyncio.gather(*(place(worker) for worker in range(4)))

asyncio.run(main(*sys.argv[1:]))
"""


def _start(script: str, *arguments: object) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _let_go(processes: "Sequence[subprocess.Popen[str]]") -> list[Any]:
    """Let all begin at once; what each of them says in the end."""
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [json.loads(process.communicate(timeout=60)[0]) for process in processes]
    assert [process.returncode for process in processes] == [0] * len(processes)
    return said


def _url(database: Database) -> str:
    return database.url.render_as_string(hide_password=False)


async def _prepare(database: Database) -> OrderStorage:
    for context in CONTEXTS:
        await SqlContextRepository(database).save(context)
    clock = ManualClock()
    return OrderStorage(SqlOrderRepository(database, clock), SqlExportLedger(database), clock)


def test_no_order_is_claimed_by_two_processes(each_database: Database) -> None:
    numbers = [f"{number:03}" for number in range(150)]

    async def place() -> None:
        async with aclosing(each_database) as database:
            await (await _prepare(database)).place(*numbers)

    asyncio.run(place())
    processes = [_start(CLAIM_ALL, _url(each_database)) for _ in range(3)]
    claimed = _let_go(processes)
    assert sorted(number for each in claimed for number in each) == numbers


def test_an_order_that_several_processes_place_is_there_once(each_database: Database) -> None:
    async def prepare() -> None:
        async with aclosing(each_database) as database:
            await _prepare(database)

    asyncio.run(prepare())
    processes = [_start(PLACE_THE_SAME, _url(each_database), first) for first in (0, 20, 40)]
    outcomes = _let_go(processes)
    for number in map(str, range(60)):
        assert sorted(each[number] for each in outcomes) == ["already placed", "already placed", "placed"]
    found, open_exports = asyncio.run(_found(_url(each_database)))
    assert len(found) == open_exports == 60


def test_a_killed_process_loses_no_order_that_it_confirmed_and_leaves_none_half_done(
    each_database: Database,
) -> None:
    confirmed: set[str] = set()

    async def prepare() -> None:
        async with aclosing(each_database) as database:
            await _prepare(database)

    asyncio.run(prepare())
    for lives, name in ((6, "a"), (9, "b")):
        process = _start(PLACE_FOR_EVER, _url(each_database), name)
        assert process.stdout is not None
        for _ in range(lives):
            confirmed.update(process.stdout.readline().split())
        process.kill()
        whole_lines, _, _ = process.communicate(timeout=60)[0].rpartition("\n")
        confirmed.update(whole_lines.split())
    found, open_exports = asyncio.run(_found(_url(each_database)))
    assert len(confirmed) >= 3 * (6 + 9)
    assert confirmed <= found
    assert open_exports == len(found)
    batches = {number.rpartition("-")[0] for number in found}
    assert len(found) == 3 * len(batches), "what was placed together is there together"


async def _found(url: str) -> tuple[set[str], int]:
    async with aclosing(Database(url)) as database:
        orders = SqlOrderRepository(database, ManualClock())
        page = await orders.page(limit=100_000)
        for stored in page:
            assert stored.placed.order == sample_order(stored.request.number)
        claimed = await OrderStorage(orders, SqlExportLedger(database), ManualClock()).claim(limit=30_000)
        return {stored.request.number for stored in page}, len(claimed)


@in_event_loop
async def test_an_order_of_a_dead_process_is_taken_over_as_unclear(each_database: Database) -> None:
    process = _start(CLAIM_ALL, _url(each_database))
    async with aclosing(each_database) as database:
        shop = await _prepare(database)
        await shop.place("4711")
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline() == "ready\n"
        process.stdin.write("go\n")
        process.stdin.flush()
        assert json.loads(process.communicate(timeout=60)[0]) == ["4711"]
        due_at = await shop.next_moment()
        assert due_at is not None
        assert await shop.claimed_numbers() == []
        lease = due_at - shop.clock.now()
        [claim] = await shop.ledger.claim(CHANNEL, worker="w", now=due_at, lease=lease, limit=10)
        assert claim.unclear
        assert claim.request.attempts == 2
