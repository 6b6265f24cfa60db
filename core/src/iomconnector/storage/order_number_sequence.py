"""The sequences of order numbers in the database, and the numbers of the shop's orders."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Row, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.errors import NotFoundError
from iomconnector.model.contexts import ContextKind
from iomconnector.model.order_number_sequences import SequenceSettings, SequenceState
from iomconnector.ports.sequence_store import SequenceChange, UsedNumber
from iomconnector.storage.audit_trail import record_entries
from iomconnector.storage.database import Database
from iomconnector.storage.tables import contexts, order_number_sequences, orders
from iomconnector.storage.upsert import insert

T = TypeVar("T")


class SqlSequenceStore:
    """Implements :class:`~iomconnector.ports.sequence_store.SequenceStore` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, organization: str) -> SequenceState:
        """Where a sequence stands."""
        async with self._database.reading() as connection:
            return await _read(connection, organization)

    async def update(self, organization: str, change: Callable[[SequenceState], SequenceChange[T]]) -> T:
        """Read a sequence, change it and store it, in one transaction."""

        async def store(connection: AsyncConnection) -> T:
            await _require_organization(connection, organization)
            await connection.execute(
                insert(connection, order_number_sequences)
                .values(_row(SequenceState(organization)))
                .on_conflict_do_nothing(index_elements=["organization"])
            )
            made = change(await _read(connection, organization, locked=True))
            await connection.execute(
                update(order_number_sequences)
                .where(order_number_sequences.c.organization == organization)
                .values(_row(made.state))
            )
            await record_entries(connection, made.entries)
            return made.result

        return await self._database.write(store, isolation="read committed")


class SqlUsedNumbers:
    """Implements :class:`~iomconnector.ports.sequence_store.UsedNumbers` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, channels: Sequence[str], *, after: int = 0, limit: int = 10_000
    ) -> Sequence[UsedNumber]:
        """Numbers of orders by ascending key."""
        query = (
            select(orders.c.id, orders.c.channel, orders.c.number)
            .where(orders.c.channel.in_(channels), orders.c.id > after)
            .order_by(orders.c.id)
            .limit(limit)
        )
        async with self._database.reading() as connection:
            return [UsedNumber(*row) for row in await connection.execute(query)]

    async def among(self, channels: Sequence[str], numbers: Sequence[str]) -> frozenset[str]:
        """Those of the numbers that an order of these channels has."""
        query = select(orders.c.number).where(orders.c.number.in_(numbers), orders.c.channel.in_(channels))
        async with self._database.reading() as connection:
            return frozenset((await connection.execute(query)).scalars())


async def _read(connection: AsyncConnection, organization: str, *, locked: bool = False) -> SequenceState:
    query = select(order_number_sequences).where(order_number_sequences.c.organization == organization)
    row = (await connection.execute(query.with_for_update() if locked else query)).one_or_none()
    if row is None:
        await _require_organization(connection, organization)
        return SequenceState(organization)
    return _state(row)


async def _require_organization(connection: AsyncConnection, organization: str) -> None:
    query = select(contexts.c.id).where(
        contexts.c.id == organization, contexts.c.kind == ContextKind.ORGANIZATION.value
    )
    if (await connection.execute(query)).first() is None:
        raise NotFoundError(
            f"There is no organization {organization!r}.",
            hint="`iomconnector context list` shows the organizations.",
            context=organization,
        )


def _state(row: Row[Any]) -> SequenceState:
    return SequenceState(
        organization=row.organization,
        settings=SequenceSettings(
            block_size=row.block_size,
            prefix=row.prefix,
            pattern=row.pattern,
            digits_only=row.digits_only,
            max_length=row.max_length,
        ),
        next_counter=int(row.next_counter),
        largest_value=int(row.largest_value),
        floor=int(row.floor),
        generation=row.generation,
        updated_at=row.updated_at,
        updated_by=row.updated_by,
    )


def _row(state: SequenceState) -> dict[str, Any]:
    return {
        "organization": state.organization,
        **state.settings.model_dump(),
        "next_counter": str(state.next_counter),
        "largest_value": str(state.largest_value),
        "floor": str(state.floor),
        "generation": state.generation,
        "updated_at": state.updated_at,
        "updated_by": state.updated_by,
    }
