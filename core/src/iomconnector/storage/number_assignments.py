"""Which number an order got that came without one, in the database."""

from collections.abc import Sequence

from sqlalchemy import select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.model.values import OrderNumber
from iomconnector.ports.number_assignments import Assignment
from iomconnector.storage.database import Database
from iomconnector.storage.tables import order_number_assignments as table
from iomconnector.storage.upsert import insert


class SqlNumberAssignments:
    """Implements :class:`~iomconnector.ports.number_assignments.NumberAssignments` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, keys: Sequence[tuple[str, str]]) -> Sequence[Assignment | None]:
        """What was assigned to each channel and idempotency key."""
        async with self._database.reading() as connection:
            return await _find(connection, keys)

    async def assign(self, assignments: Sequence[Assignment]) -> Sequence[Assignment]:
        """Assign numbers, where none was assigned before."""

        async def store(connection: AsyncConnection) -> list[Assignment]:
            for assignment in assignments:
                await connection.execute(
                    insert(connection, table)
                    .values(
                        channel=assignment.channel,
                        idempotency_key=assignment.idempotency_key,
                        digest=assignment.digest,
                        number=assignment.number,
                    )
                    .on_conflict_do_nothing(index_elements=["channel", "idempotency_key"])
                )
            return await _now(connection, assignments)

        return await self._database.write(store, isolation="read committed")

    async def replace(self, taken: Assignment, number: OrderNumber) -> Assignment:
        """Give an order another number."""

        async def store(connection: AsyncConnection) -> Assignment:
            await connection.execute(
                update(table)
                .where(
                    table.c.channel == taken.channel,
                    table.c.idempotency_key == taken.idempotency_key,
                    table.c.number == taken.number,
                )
                .values(number=number)
            )
            return (await _now(connection, [taken]))[0]

        return await self._database.write(store, isolation="read committed")


async def _now(connection: AsyncConnection, assignments: Sequence[Assignment]) -> list[Assignment]:
    keys = [(each.channel, each.idempotency_key) for each in assignments]
    return [found for found in await _find(connection, keys) if found is not None]


async def _find(connection: AsyncConnection, keys: Sequence[tuple[str, str]]) -> list[Assignment | None]:
    query = select(table).where(tuple_(table.c.channel, table.c.idempotency_key).in_(keys))
    found = {
        (row.channel, row.idempotency_key): Assignment(
            row.channel, row.idempotency_key, row.digest, OrderNumber(row.number)
        )
        for row in await connection.execute(query)
    }
    return [found.get(key) for key in keys]
