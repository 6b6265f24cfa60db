"""How many order numbers a second a process takes, beside a bare counter that commits every number.

Run: ``make bench``, or ``.venv/bin/python benchmarks/order_numbers.py --seconds 2``.
"""

import argparse
import asyncio
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import aclosing, closing
from functools import partial
from pathlib import Path

from iomconnector.jobs.clock import SystemClock
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import Database
from iomconnector.storage.order_number_sequence import SqlSequenceStore, SqlUsedNumbers
from iomconnector.testing.databases import prepare_database_file
from iomconnector.testing.samples import CONTEXTS, ORGANIZATION
from iomconnector.usecases.blockwise_sequence import BlockwiseSequence
from iomconnector.usecases.order_number_sequences import OrderNumberSequences

BLOCKS = (1, 50, 1000)


def bare_counter(folder: Path, seconds: float) -> float:
    """Numbers a second of one row in SQLite that is counted up and committed to disk, without a framework."""
    with closing(sqlite3.connect(folder / "bare.sqlite", isolation_level=None)) as connection:
        for statement in (
            "PRAGMA journal_mode=WAL",
            "PRAGMA synchronous=FULL",
            "CREATE TABLE IF NOT EXISTS counter (following INTEGER)",
            "DELETE FROM counter",
            "INSERT INTO counter VALUES (1)",
        ):
            connection.execute(statement)
        taken, begin = 0, time.perf_counter()
        while time.perf_counter() - begin < seconds:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("UPDATE counter SET following = following + 1 RETURNING following").fetchall()
            connection.execute("COMMIT")
            taken += 1
        return taken / (time.perf_counter() - begin)


def sequence_rate(path: Path, block_size: int, seconds: float) -> float:
    """Numbers a second of one task that takes them one after the other."""
    return asyncio.run(_take(path, block_size, seconds))


async def _take(path: Path, block_size: int, seconds: float) -> float:
    async with aclosing(Database(f"sqlite:///{path}")) as database:
        contexts = SqlContextRepository(database)
        for context in CONTEXTS:
            await contexts.save(context)
        store, clock = SqlSequenceStore(database), SystemClock()
        sequences = OrderNumberSequences(store, SqlUsedNumbers(database), contexts, clock)
        await sequences.change(ORGANIZATION, {"block_size": block_size}, by="benchmark")
        numbers = BlockwiseSequence(store, clock)
        taken, begin = 0, time.perf_counter()
        while time.perf_counter() - begin < seconds:
            await numbers.next_number(ORGANIZATION)
            taken += 1
        return taken / (time.perf_counter() - begin)


def main() -> None:
    """Measure every case, each in turn, and print medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1.0, help="How long each measurement lasts.")
    parser.add_argument("--runs", type=int, default=5, help="How often each case runs.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory)
        path = prepare_database_file(folder / "shop.sqlite")
        cases: dict[str, Callable[[], float]] = {
            "bare counter, a commit each": partial(bare_counter, folder, options.seconds)
        }
        for block in BLOCKS:
            cases[f"sequence, block {block}"] = partial(sequence_rate, path, block, options.seconds)
        measured: dict[str, list[float]] = {case: [] for case in cases}
        for _ in range(options.runs):
            for case, measure in cases.items():
                measured[case].append(measure())
    medians = {case: statistics.median(rates) for case, rates in measured.items()}
    bare = next(iter(medians.values()))
    print(f"Order numbers a second on SQLite, one task, median of {options.runs} runs")
    for case, rate in medians.items():
        print(f"{case:30} {rate:9,.0f}/s  {rate / bare:7.2f} x the bare counter")


if __name__ == "__main__":
    main()
