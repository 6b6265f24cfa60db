"""The cache: its contract, several processes, and directories that cannot be used or trusted."""

import asyncio
import os
import pickle
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from functools import cached_property
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from iomconnector.storage.disk_cache import DiskCache
from iomconnector.testing.contracts import CacheContract
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import MemoryCache

LONG = timedelta(minutes=10)

VISITOR = """
import asyncio, sys
from datetime import timedelta
from pathlib import Path
from iomconnector.storage.disk_cache import DiskCache

async def main(directory, tally):
    cache = DiskCache(directory)
    for visit in range(10):
        async with cache.alone("door", at_most=timedelta(minutes=1)):
            count = int(tally.read_text())
            await asyncio.sleep(0.001)
            tally.write_text(str(count + 1))
            await cache.set_many({f"{sys.argv[3]}-{visit}": b"was here"}, keep=timedelta(minutes=10))
    if sys.argv[4] == "die":
        async with cache.alone("door", at_most=timedelta(seconds=1)):
            import os
            os._exit(9)
    await cache.aclose()

asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2])))
"""


class Planted:
    """Writes a file when it is unpickled."""

    def __init__(self, proof: Path) -> None:
        self.proof = proof

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.proof),)


class TestMemoryCache(CacheContract):
    _cache = cached_property(lambda _: MemoryCache())

    @asynccontextmanager
    async def cache(self) -> AsyncIterator[MemoryCache]:
        yield self._cache


class TestDiskCache(CacheContract):
    @asynccontextmanager
    async def cache(self) -> AsyncIterator[DiskCache]:
        cache = DiskCache(self.folder / "cache")
        yield cache
        await cache.aclose()


@in_event_loop
async def test_a_planted_pickle_is_never_read(tmp_path: Path) -> None:
    proof, directory = tmp_path / "proof", tmp_path / "cache"
    cache = DiskCache(directory)
    await cache.set_many({"pickle": b"1", "file": b"2", "text": b"3", "fine": b"4"}, keep=LONG)
    planted = pickle.dumps(Planted(proof))
    (tmp_path / "secret").write_bytes(b"secret")
    with closing(sqlite3.connect(directory / "cache.db")) as connection, connection:
        change = connection.execute
        change("UPDATE Cache SET mode = 4, value = ? WHERE key = 'pickle'", [planted])
        change("UPDATE Cache SET mode = 2, filename = '../secret', value = NULL WHERE key = 'file'")
        change("UPDATE Cache SET mode = 1, value = 'text' WHERE key = 'text'")
        change("INSERT INTO Cache (key, raw, mode, value) VALUES (?, 0, 4, ?)", [planted, planted])
    assert await cache.get_many(["pickle", "file", "text", "fine"]) == {"fine": b"4"}
    await cache.delete_many(["pickle", "file", "text"])
    await cache.aclose()
    reopened = DiskCache(directory)
    await reopened.set_many({"pickle": b"5"}, keep=LONG)
    assert await reopened.get_many(["pickle", "fine"]) == {"pickle": b"5", "fine": b"4"}
    await reopened.aclose()
    assert not proof.exists()
    assert (tmp_path / "secret").exists()
    pickle.loads(planted)
    assert proof.exists(), "the pickle would have done it"


@in_event_loop
async def test_nothing_but_the_database_stands_in_the_directory(tmp_path: Path) -> None:
    cache = DiskCache(tmp_path / "cache")
    await cache.set_many({"large": b"x" * 200_000}, keep=LONG)
    await cache.aclose()
    assert {path.name.split("-")[0] for path in (tmp_path / "cache").iterdir()} == {"cache.db"}
    assert (tmp_path / "cache").stat().st_mode & 0o777 == 0o700


@in_event_loop
async def test_it_grows_no_larger_than_it_may(tmp_path: Path) -> None:
    cache = DiskCache(tmp_path / "cache", size_limit=2_000_000)
    for place in range(60):
        await cache.set_many({f"{place}": os.urandom(50_000)}, keep=LONG)
    assert await cache.get_many(["59"])
    assert not await cache.get_many(["0"])
    await cache.aclose()
    assert sum(path.stat().st_size for path in (tmp_path / "cache").iterdir()) < 10_000_000


def _as_a_file(directory: Path) -> None:
    directory.write_text("no directory")


def _as_no_database(directory: Path) -> None:
    directory.mkdir()
    (directory / "cache.db").write_bytes(b"this is no database" * 1000)


def _as_another_database(directory: Path) -> None:
    directory.mkdir()
    with closing(sqlite3.connect(directory / "cache.db")) as connection, connection:
        connection.execute("CREATE TABLE Cache (something TEXT)")


def _as_half_a_database(directory: Path) -> None:
    cache = DiskCache(directory)
    asyncio.run(_filled(cache))
    database = directory / "cache.db"
    database.write_bytes(database.read_bytes()[:5000])


async def _filled(cache: DiskCache) -> None:
    await cache.set_many({f"{place}": b"x" * 1000 for place in range(50)}, keep=LONG)
    await cache.aclose()


@pytest.mark.parametrize("broken", [_as_a_file, _as_no_database, _as_another_database, _as_half_a_database])
def test_a_broken_directory_is_as_good_as_empty(broken: object, tmp_path: Path) -> None:
    assert callable(broken)
    broken(tmp_path / "cache")

    async def use() -> None:
        cache = DiskCache(tmp_path / "cache")
        for _ in range(3):
            await cache.set_many({"one": b"1"}, keep=LONG)
            assert await cache.get_many(["one"]) == {}
            await cache.delete_many(["one"])
            async with cache.alone("door", at_most=LONG):
                pass
        await cache.aclose()

    with capture_logs() as logs:
        asyncio.run(use())
    assert len([entry for entry in logs if "cache cannot be used" in entry["event"]]) == 1


@in_event_loop
async def test_a_locked_cache_is_as_good_as_empty(tmp_path: Path) -> None:
    cache = DiskCache(tmp_path / "cache")
    await cache.set_many({"one": b"1"}, keep=LONG)
    with closing(sqlite3.connect(tmp_path / "cache" / "cache.db", isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        async with asyncio.timeout(30):
            await cache.set_many({"two": b"2"}, keep=LONG)
            async with cache.alone("door", at_most=LONG):
                pass
        connection.execute("ROLLBACK")
    assert await cache.get_many(["one", "two"]) == {"one": b"1"}
    await cache.aclose()


@in_event_loop
async def test_a_closed_cache_is_empty(tmp_path: Path) -> None:
    cache = DiskCache(tmp_path / "cache")
    await cache.set_many({"one": b"1"}, keep=LONG)
    await cache.aclose()
    await cache.aclose()
    assert await cache.get_many(["one"]) == {}


def test_processes_share_it_and_enter_one_at_a_time(tmp_path: Path) -> None:
    tally = tmp_path / "tally"
    tally.write_text("0")
    ends = ["die", "end", "end"]
    visitors = [
        subprocess.Popen([sys.executable, "-c", VISITOR, tmp_path / "cache", tally, f"{place}", end])
        for place, end in enumerate(ends)
    ]
    assert [visitor.wait(timeout=60) for visitor in visitors] == [9, 0, 0]
    assert tally.read_text() == "30"
    keys = [f"{place}-{visit}" for place in range(3) for visit in range(10)]

    async def look() -> dict[str, bytes]:
        cache = DiskCache(tmp_path / "cache")
        async with asyncio.timeout(30), cache.alone("door", at_most=LONG):
            found = await cache.get_many(keys)
        await cache.aclose()
        return found

    assert asyncio.run(look()) == dict.fromkeys(keys, b"was here")
