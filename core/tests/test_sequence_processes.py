"""Processes that share a sequence of order numbers, are killed, and fork."""

import asyncio
import os
import subprocess
import sys
from contextlib import aclosing

import pytest

from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import Database
from iomconnector.storage.order_number_sequence import SqlSequenceStore
from iomconnector.testing.samples import CONTEXTS, ORGANIZATION

TAKE_FOR_EVER = """
import asyncio, sys
from iomconnector.jobs.clock import SystemClock
from iomconnector.storage.database import Database
from iomconnector.storage.order_number_sequence import SqlSequenceStore
from iomconnector.usecases.blockwise_sequence import BlockwiseSequence

async def main(url, organization):
    sequence = BlockwiseSequence(SqlSequenceStore(Database(url)), SystemClock())

    async def take():
        while True:
            print(await sequence.next_number(organization), flush=True)
            await asyncio.sleep(0)

    await asyncio.gather(*(take() for _ in range(5)))

asyncio.run(main(*sys.argv[1:]))
"""

FORK_AND_TAKE = """
import asyncio, os, sys
from iomconnector.testing.placing_stage import PlacingStage

stage = PlacingStage()
take = lambda: asyncio.run(stage.sequence.next_number(sys.argv[1]))
before = take()
child = os.fork()
os.write(1, f"{before if child else 'child'} {take()}\\n".encode())
if child:
    assert os.waitpid(child, 0)[1] == 0
"""


def _start(url: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", TAKE_FOR_EVER, url, ORGANIZATION], stdout=subprocess.PIPE, text=True
    )


def _read(process: "subprocess.Popen[str]", count: int) -> list[str]:
    assert process.stdout is not None
    return [process.stdout.readline().strip() for _ in range(count)]


def _kill(process: "subprocess.Popen[str]") -> list[str]:
    """Kill it with signal 9; the numbers that it had given before."""
    process.kill()
    whole_lines, _, _ = process.communicate(timeout=60)[0].rpartition("\n")
    return whole_lines.split()


def test_processes_that_are_killed_at_any_moment_never_repeat_a_number(each_database: Database) -> None:
    url = each_database.url.render_as_string(hide_password=False)

    async def prepare() -> None:
        async with aclosing(each_database):
            for context in CONTEXTS:
                await SqlContextRepository(each_database).save(context)

    async def next_counter() -> int:
        async with aclosing(Database(url)) as database:
            return (await SqlSequenceStore(database).get(ORGANIZATION)).next_counter

    asyncio.run(prepare())
    given: list[str] = []
    running = [_start(url) for _ in range(2)]
    for lives in (1, 73, 260, 149):
        for process in running:
            given += _read(process, lives)
        given += _kill(running.pop(0))
        running.append(_start(url))
    for process in running:
        given += _read(process, 60)
        given += _kill(process)
    assert len(given) >= 2 * (1 + 73 + 260 + 149 + 60)
    assert len(set(given)) == len(given)
    assert max(map(int, given)) < asyncio.run(next_counter())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_fork_shares_no_block() -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORK_AND_TAKE, ORGANIZATION],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    lines = {line.split()[0]: line.split()[1] for line in done.stdout.splitlines()}
    assert lines == {"00000001": "00000002", "child": "00000051"}
