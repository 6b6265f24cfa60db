"""The protocol of database preparation in the database itself."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, inspect, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.errors import NotFoundError
from iomconnector.ports.preparation_protocol import Mode, Outcome, Phase, Registration, StepEntry
from iomconnector.storage.database import Database
from iomconnector.storage.schema import is_there
from iomconnector.storage.tables import preparation_steps, prepared_cartridges
from iomconnector.storage.upsert import insert

_steps = preparation_steps.c


class SqlPreparationProtocol:
    """Implements :class:`~iomconnector.ports.preparation_protocol.PreparationProtocol` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def exists(self) -> bool:
        """Whether the database has the tables of the protocol."""
        if not is_there(self._database):
            return False
        async with self._database.reading() as connection:
            return await connection.run_sync(_has_tables)

    async def add(self, entry: StepEntry) -> int:
        """Add an entry."""

        async def store(connection: AsyncConnection) -> int:
            added = await connection.execute(preparation_steps.insert().values(**asdict(entry)))
            key = added.inserted_primary_key
            assert key is not None
            return int(key[0])

        return await self._database.write(store)

    async def finish(self, number: int, entry: StepEntry) -> None:
        """Complete an entry."""
        change = update(preparation_steps).where(_steps.id == number).values(**asdict(entry))

        async def complete(connection: AsyncConnection) -> int:
            return (await connection.execute(change)).rowcount

        if await self._database.write(complete) == 0:
            raise NotFoundError(f"The preparation protocol has no entry {number}.", entry=number)

    async def entries(self) -> Sequence[StepEntry]:
        """Every entry by its number."""
        if not await self.exists():
            return ()
        async with self._database.reading() as connection:
            rows = await connection.execute(select(preparation_steps).order_by(_steps.id))
            return [_entry(row) for row in rows]

    async def abandon_running(self, message: str) -> Sequence[StepEntry]:
        """Fail what is still running."""

        async def fail(connection: AsyncConnection) -> list[StepEntry]:
            running = select(_steps.id).where(_steps.outcome == Outcome.RUNNING)
            numbers = list((await connection.execute(running)).scalars())
            change = update(preparation_steps).where(_steps.id.in_(numbers))
            await connection.execute(change.values(outcome=Outcome.FAILED, message=message))
            turned = select(preparation_steps).where(_steps.id.in_(numbers)).order_by(_steps.id)
            return [_entry(row) for row in await connection.execute(turned)]

        return await self._database.write(fail)

    async def register(self, registration: Registration) -> None:
        """Add a cartridge that is not known yet."""

        async def add(connection: AsyncConnection) -> None:
            new = insert(connection, prepared_cartridges).values(**asdict(registration))
            await connection.execute(new.on_conflict_do_nothing(index_elements=["cartridge"]))

        await self._database.write(add)

    async def registrations(self) -> Sequence[Registration]:
        """Every known cartridge by name."""
        if not await self.exists():
            return ()
        query = select(prepared_cartridges).order_by(prepared_cartridges.c.cartridge)
        async with self._database.reading() as connection:
            return [Registration(*row) for row in await connection.execute(query)]


def _has_tables(connection: Connection) -> bool:
    present = inspect(connection).get_table_names()
    return {preparation_steps.name, prepared_cartridges.name} <= set(present)


def _entry(row: Row[Any]) -> StepEntry:
    fields = dict(row._mapping)
    del fields["id"]
    kinds = {"phase": Phase, "mode": Mode, "outcome": Outcome}
    return StepEntry(**fields | {name: kind(fields[name]) for name, kind in kinds.items()})
