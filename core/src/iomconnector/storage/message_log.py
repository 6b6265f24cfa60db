"""The message log in the database."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.ports.message_log import Message
from iomconnector.storage.batched import BatchedWrites
from iomconnector.storage.database import Database
from iomconnector.storage.tables import messages


class SqlMessageLog:
    """Implements :class:`~iomconnector.ports.message_log.MessageLog` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._writes = BatchedWrites(database, _store)

    async def record(self, message: Message) -> None:
        """Keep a message; one of its id must not have been kept before."""
        await self._writes.write(message)

    async def of_order(self, channel: str, order_number: str) -> Sequence[Message]:
        """Every message about an order, oldest first."""
        query = (
            select(messages)
            .where(messages.c.channel == channel, messages.c.order_number == order_number)
            .order_by(messages.c.at, messages.c.id)
        )
        async with self._database.reading() as connection:
            return [_message(row) for row in await connection.execute(query)]

    async def by_id(self, message_id: str) -> Message | None:
        """The message with that id, or none."""
        async with self._database.reading() as connection:
            query = select(messages).where(messages.c.message_id == message_id)
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else _message(row)


async def _store(connection: AsyncConnection, to_keep: Sequence[Message]) -> Sequence[None]:
    await connection.execute(insert(messages), [_values(message) for message in to_keep])
    return [None] * len(to_keep)


def _values(message: Message) -> dict[str, Any]:
    return {name: getattr(message, name) for name in Message.__dataclass_fields__}


def _message(row: Row[Any]) -> Message:
    return Message(**{name: getattr(row, name) for name in Message.__dataclass_fields__})
