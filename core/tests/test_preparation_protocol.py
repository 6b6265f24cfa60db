"""The protocol of database preparation: in memory, on every database, and before there is one."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from functools import cached_property
from pathlib import Path

import pytest

from iomconnector.storage.database import Database
from iomconnector.storage.preparation_protocol import SqlPreparationProtocol
from iomconnector.testing.contracts import PreparationProtocolContract
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import MemoryPreparationProtocol


class TestMemoryPreparationProtocol(PreparationProtocolContract):
    _protocol = cached_property(lambda _: MemoryPreparationProtocol())

    @asynccontextmanager
    async def preparation_protocol(self) -> AsyncIterator[MemoryPreparationProtocol]:
        yield self._protocol


class TestSqlPreparationProtocol(PreparationProtocolContract):
    url: str

    @pytest.fixture(autouse=True)
    def _fresh_database(self, each_database_url: str) -> None:
        self.url = each_database_url

    @asynccontextmanager
    async def preparation_protocol(self) -> AsyncIterator[SqlPreparationProtocol]:
        async with aclosing(Database(self.url)) as database:
            yield SqlPreparationProtocol(database)


@in_event_loop
async def test_asking_makes_no_database(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    async with aclosing(Database(f"sqlite:///{folder / 'shop.sqlite'}")) as database:
        protocol = SqlPreparationProtocol(database)
        assert not await protocol.exists()
        assert (list(await protocol.entries()), list(await protocol.registrations())) == ([], [])
    assert not folder.exists()


@in_event_loop
async def test_a_database_without_these_tables_has_no_protocol(tmp_path: Path) -> None:
    file = tmp_path / "shop.sqlite"
    file.touch()
    async with aclosing(Database(f"sqlite:///{file}")) as database:
        protocol = SqlPreparationProtocol(database)
        assert not await protocol.exists()
        assert file.stat().st_size == 0
        async with database.reading():
            pass
        assert not await protocol.exists()
        assert list(await protocol.entries()) == []
