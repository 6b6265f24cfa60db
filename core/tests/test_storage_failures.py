"""A database that is full, read-only, locked, broken or no database: nothing is half done, all is said."""

import asyncio
import json
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from iomconnector.errors import ConfigurationError, StorageError
from iomconnector.model.exports import ExportState
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import Database
from iomconnector.storage.engine import sqlite
from iomconnector.storage.export_ledger import SqlExportLedger
from iomconnector.storage.order_repository import SqlOrderRepository
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import ManualClock
from iomconnector.testing.samples import CHANNEL, CONTEXTS, sample_order

DUE = ExportState.DUE

PLACE_UNTIL_REFUSED = """
import asyncio, json, os, resource, sys
from contextlib import aclosing
from iomconnector.errors import StorageError
from iomconnector.model.exports import ExportState
from iomconnector.storage.database import Database
from iomconnector.storage.order_repository import SqlOrderRepository
from iomconnector.testing.memory import ManualClock
from iomconnector.testing.samples import sample_order

async def main(path, limit):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    placed, refused = [], []
    async with aclosing(Database(f"sqlite:///{path}")) as database:
        orders = SqlOrderRepository(database, ManualClock())

        async def place(number):
            try:
                await orders.place([(sample_order(number), ExportState.DUE)])
                placed.append(number)
            except StorageError as error:
                refused.append(number)
                return str(error)

        errors = []
        for batch in range(200):
            errors += await asyncio.gather(*(place(f"{batch}-{index}") for index in range(5)))
            if refused:
                break
    print(json.dumps({"placed": placed, "refused": refused, "errors": list(filter(None, errors))}))

asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""

READ_AND_WRITE_AS_NOBODY = """
import asyncio, json, os, sys
from contextlib import aclosing
from iomconnector.errors import StorageError
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import Database
from iomconnector.testing.samples import CONTEXTS

async def main(path):
    async with aclosing(Database(f"sqlite:///{path}")) as database:
        contexts = SqlContextRepository(database)
        said = []
        for attempt in (contexts.all(), contexts.save(CONTEXTS[0])):
            try:
                await attempt
                said.append("done")
            except StorageError as error:
                said.append(str(error))
    print(json.dumps(said))

assert Database(f"sqlite:///{os.devnull}").engine, "everything is imported while it may be read"
if os.getuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
asyncio.run(main(sys.argv[1]))
"""


def _run(script: str, *arguments: object) -> Any:
    done = subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A directory that other users can get to."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


def _damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    path.write_bytes(content)


async def _numbers(database: Database) -> set[str]:
    page = await SqlOrderRepository(database, ManualClock()).page(limit=10_000)
    return {stored.request.number for stored in page}


async def _add_contexts(database: Database) -> None:
    for context in CONTEXTS:
        await SqlContextRepository(database).save(context)


@in_event_loop
async def test_a_full_database_stores_whole_orders_or_none_and_goes_on_when_there_is_room(
    database: Database,
) -> None:
    limit = 60

    def limit_pages(connection: Any, _: object) -> None:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA max_page_count = {limit}")
        cursor.close()

    async with aclosing(database):
        await _add_contexts(database)
        await database.aclose()
        event.listen(database.engine.sync_engine, "connect", limit_pages)
        orders = SqlOrderRepository(database, ManualClock())

        async def place(number: str) -> str:
            await orders.place([(sample_order(number), DUE), (sample_order(f"{number} twin"), DUE)])
            return number

        outcomes = await asyncio.gather(*(place(str(number)) for number in range(60)), return_exceptions=True)
        placed = {outcome for outcome in outcomes if isinstance(outcome, str)}
        refused = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        assert placed
        assert refused
        assert {type(each) for each in refused} == {StorageError}
        assert all("Free disk space" in str(each) for each in refused)
        assert await _numbers(database) == placed | {f"{number} twin" for number in placed}
        counts = await SqlExportLedger(database).counts()
        assert counts[DUE] == 2 * len(placed)

        limit = 1_000_000
        await database.aclose()
        assert await place("later") == "later"
        assert await _numbers(database) >= placed | {"later"}


def test_a_full_disk_loses_no_order_that_was_confirmed(prepared_database_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "shop.sqlite"
    path.write_bytes(prepared_database_file.read_bytes())

    async def before() -> None:
        async with aclosing(Database(f"sqlite:///{path}")) as database:
            await _add_contexts(database)

    async def after() -> set[str]:
        async with aclosing(Database(f"sqlite:///{path}")) as database:
            found = await _numbers(database)
            counts = await SqlExportLedger(database).counts()
            assert counts[DUE] == len(found)
            return found

    asyncio.run(before())
    outcome = _run(PLACE_UNTIL_REFUSED, path, 400_000)
    assert outcome["placed"]
    assert outcome["refused"]
    assert all("nothing of this transaction was stored" in error for error in outcome["errors"])
    assert asyncio.run(after()) == set(outcome["placed"])


def test_a_read_only_database_can_be_read_and_says_what_to_do(
    prepared_database_file: Path, public_folder: Path
) -> None:
    path = public_folder / "shop.sqlite"
    path.write_bytes(prepared_database_file.read_bytes())
    path.chmod(0o444)
    public_folder.chmod(0o777)
    read, written = _run(READ_AND_WRITE_AS_NOBODY, path)
    assert read == "done"
    assert "readonly" in written
    assert "Make the database file and its directory writable" in written


def test_a_directory_without_rights_is_named(public_folder: Path) -> None:
    (public_folder / "closed").mkdir(mode=0o755)
    for said in _run(READ_AND_WRITE_AS_NOBODY, public_folder / "closed" / "var" / "shop.sqlite"):
        assert "closed/var" in said
        assert "Permission denied" in said


@in_event_loop
async def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "shop.sqlite").write_text("Dear diary, " * 1000)
    async with aclosing(Database(f"sqlite:///{tmp_path / 'shop.sqlite'}")) as database:
        with pytest.raises(StorageError, match=r"shop\.sqlite.*no SQLite database"):
            await SqlContextRepository(database).all()
        with pytest.raises(StorageError, match=r"shop\.sqlite.*no SQLite database"):
            await SqlContextRepository(database).save(CONTEXTS[0])


@in_event_loop
async def test_a_damaged_file_says_what_to_do(database: Database) -> None:
    _damage(Path(str(database.url.database)))
    async with aclosing(database):
        with pytest.raises(StorageError, match="Restore the file from a backup"):
            await SqlContextRepository(database).all()


@in_event_loop
async def test_a_database_that_another_process_holds_is_waited_for_and_then_reported(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_MS", 50)
    hold = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "c.execute('BEGIN IMMEDIATE'); print('held', flush=True); sys.stdin.readline(); c.execute('COMMIT')"
    )
    holder = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        hold,
        str(database.url.database),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert holder.stdout is not None
    async with aclosing(database):
        assert await holder.stdout.readline() == b"held\n"
        with pytest.raises(StorageError, match=r"locked\. Another process holds it"):
            await SqlContextRepository(database).save(CONTEXTS[0])
        assert list(await SqlContextRepository(database).all()) == [], "readers do not wait for a writer"
        await holder.communicate(b"\n")
        await SqlContextRepository(database).save(CONTEXTS[0])
        assert list(await SqlContextRepository(database).all()) == [CONTEXTS[0]]


@in_event_loop
async def test_an_order_that_the_database_refuses_is_not_half_there(database: Database) -> None:
    async with aclosing(database):
        await _add_contexts(database)
        connection = sqlite3.connect(str(database.url.database))
        connection.execute(
            "CREATE TRIGGER broken BEFORE INSERT ON export_requests"
            " WHEN NEW.order_id > 1 BEGIN SELECT RAISE(FAIL, 'disk I/O error'); END"
        )
        connection.commit()
        connection.close()
        orders = SqlOrderRepository(database, ManualClock())
        await orders.place([(sample_order("1"), DUE)])
        with pytest.raises(StorageError):
            await orders.place([(sample_order("2"), DUE), (sample_order("3"), DUE)])
        assert await _numbers(database) == {"1"}
        assert list(await orders.channels_of("2")) == [], "no order is there without its export request"
        assert (await orders.get(CHANNEL, "1")).placed.order == sample_order("1")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("shop.sqlite", "is no URL"),
        ("", "is no URL"),
        ("mysql://shop:geheim@localhost/shop", "mysql, which is not supported"),
        ("nonsense://x", "nonsense, which is not supported"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
    ],
)
def test_a_url_that_is_none_says_what_to_write(url: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said) as refused:
        Database(url)
    assert "sqlite:///PATH" in str(refused.value)
    assert "geheim" not in str(refused.value)
