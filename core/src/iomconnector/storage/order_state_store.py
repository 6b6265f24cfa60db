"""The last known states of orders in the database."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Row, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.model.exports import ExportState
from iomconnector.model.order_states import OrderState
from iomconnector.ports.clock import Clock
from iomconnector.ports.order_state_store import KnownState
from iomconnector.storage.database import Database
from iomconnector.storage.tables import change_feeds, export_requests, order_states, orders
from iomconnector.storage.text_bytes import in_utf8
from iomconnector.storage.upsert import insert

LONGEST_NUMBER = 255
AT_ONCE = 500
"""So many order numbers stand in one statement."""
LEAP = 1_000_000
"""So far ahead of all others is the version of what is forgotten: tickets that are given out before that is
committed must not reach it."""
WINDOW = 20_000
"""So many exported orders are looked through at once for those to look at again."""

_states = order_states.c


class SqlOrderStateStore:
    """Implements :class:`~iomconnector.ports.order_state_store.OrderStateStore` on the database.

    Versions are the greatest of the channel plus one. Two transactions that write at once may give the same
    one, to different orders; whoever took a ticket before both were committed loses against each of them.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def ticket(self, channel: str) -> int:
        """Take a ticket before asking."""
        async with self._database.reading() as connection:
            return await _greatest_version(connection, channel)

    async def keep(
        self, channel: str, states: Sequence[OrderState], *, ticket: int, observed_at: datetime
    ) -> Mapping[str, KnownState]:
        """Keep the states of an answer, each unless something newer stands for its order."""
        newest = {state.number: state for state in states if len(state.number) <= LONGEST_NUMBER}
        if not newest:
            return {}

        async def store(connection: AsyncConnection) -> Mapping[str, KnownState]:
            numbers = sorted(newest)
            possible = await _not_erased(connection, channel, numbers)
            version = await _greatest_version(connection, channel) + 1
            rows = [
                {
                    "channel": channel,
                    "number": number,
                    "version": version,
                    "observed_at": observed_at,
                    "status": newest[number].status.code[:LONGEST_NUMBER],
                    "content": newest[number].model_dump_json(exclude_defaults=True),
                }
                for number in numbers
                if number in possible
            ]
            for batch in _batches(rows):
                await _upsert(connection, batch, ticket)
            return await _known(connection, channel, numbers)

        return await self._database.write(store, isolation="read committed")

    async def versions(self, channel: str, numbers: Sequence[str]) -> Mapping[str, int]:
        """The versions that stand for orders."""
        found: dict[str, int] = {}
        async with self._database.reading() as connection:
            for batch in _batches(numbers):
                query = select(_states.number, _states.version).where(*_of(channel, batch))
                found.update((row.number, row.version) for row in await connection.execute(query))
        return found

    async def known(self, channel: str, numbers: Sequence[str]) -> Mapping[str, KnownState]:
        """What stands for orders."""
        async with self._database.reading() as connection:
            return await _known(connection, channel, numbers)

    async def unsettled(
        self, channel: str, settled: Collection[str], *, after: int, limit: int
    ) -> tuple[Sequence[str], int]:
        """Exported orders to look at again."""
        window = (
            select(export_requests.c.order_id)
            .where(
                export_requests.c.channel == channel,
                export_requests.c.state == ExportState.EXPORTED.value,
                export_requests.c.order_id > after,
            )
            .order_by(export_requests.c.order_id)
            .limit(WINDOW)
            .subquery()
        )
        known = (_states.channel == orders.c.channel) & (_states.number == orders.c.number)
        found = (
            select(orders.c.id, orders.c.number)
            .join(window, window.c.order_id == orders.c.id)
            .outerjoin(order_states, known)
            .where(
                orders.c.erased_at.is_(None),
                or_(_states.content.is_(None), _states.status.not_in(list(settled))),
            )
            .order_by(orders.c.id)
            .limit(limit)
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(found)).all()
            ends = select(func.count(), func.max(window.c.order_id))
            count, last = (await connection.execute(ends)).one()
        if len(rows) == limit:
            return [row.number for row in rows], rows[-1].id
        return [row.number for row in rows], last if count == WINDOW else 0

    async def forget(self, channel: str, numbers: Sequence[str]) -> None:
        """Forget what stands for orders."""
        if not numbers:
            return

        async def store(connection: AsyncConnection) -> None:
            await forget_states(connection, channel, numbers, at=self._clock.now())

        await self._database.write(store, isolation="read committed")

    async def mark(self, channel: str, feed: str) -> str | None:
        """How far a change feed was read."""
        query = select(change_feeds.c.mark).where(
            change_feeds.c.channel == channel, change_feeds.c.feed == feed
        )
        async with self._database.reading() as connection:
            mark: str | None = (await connection.execute(query)).scalar_one_or_none()
        return mark

    async def set_mark(self, channel: str, feed: str, mark: str, *, at: datetime) -> None:
        """Remember how far a change feed was read."""

        async def store(connection: AsyncConnection) -> None:
            row = insert(connection, change_feeds).values(channel=channel, feed=feed, mark=mark, read_at=at)
            await connection.execute(
                row.on_conflict_do_update(
                    index_elements=["channel", "feed"], set_={"mark": mark, "read_at": at}
                )
            )

        await self._database.write(store, isolation="read committed")


async def forget_states(
    connection: AsyncConnection, channel: str, numbers: Sequence[str], *, at: datetime
) -> None:
    """Forget what stands for orders, within a transaction; answers to earlier questions are not kept."""
    version = await _greatest_version(connection, channel) + LEAP
    gone = {"version": version, "observed_at": at, "status": None, "content": None}
    rows = [{"channel": channel, "number": number, **gone} for number in sorted(set(numbers))]
    for batch in _batches(rows):
        statement = insert(connection, order_states).values(list(batch))
        await connection.execute(
            statement.on_conflict_do_update(index_elements=["channel", "number"], set_=gone)
        )


async def _upsert(connection: AsyncConnection, rows: Sequence[dict[str, Any]], ticket: int) -> None:
    statement = insert(connection, order_states).values(list(rows))
    replaced = ("version", "observed_at", "status", "content")
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=["channel", "number"],
            set_={name: statement.excluded[name] for name in replaced},
            where=_states.version <= ticket,
        )
    )


async def _greatest_version(connection: AsyncConnection, channel: str) -> int:
    query = select(func.max(_states.version)).where(_states.channel == channel)
    return (await connection.execute(query)).scalar_one() or 0


async def _not_erased(connection: AsyncConnection, channel: str, numbers: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for batch in _batches(numbers):
        query = select(orders.c.number).where(
            orders.c.channel == channel, orders.c.number.in_(batch), orders.c.erased_at.is_(None)
        )
        found.update((await connection.execute(query)).scalars())
    return found


async def _known(
    connection: AsyncConnection, channel: str, numbers: Sequence[str]
) -> Mapping[str, KnownState]:
    found: dict[str, KnownState] = {}
    for batch in _batches(numbers):
        for row in await connection.execute(_rows(channel, batch)):
            known = _known_state(row)
            if known is not None:
                found[row.number] = known
    return found


def _rows(channel: str, numbers: Sequence[str]) -> Select[Any]:
    content = in_utf8(_states.content).label("content")
    query = select(_states.number, _states.version, _states.observed_at, content)
    return query.where(*_of(channel, numbers), _states.content.is_not(None))


def _of(channel: str, numbers: Sequence[str]) -> tuple[Any, Any]:
    return _states.channel == channel, _states.number.in_(numbers)


def _known_state(row: Row[Any]) -> KnownState | None:
    try:
        state = OrderState.model_validate_json(bytes(row.content))
    except ValidationError:
        return None
    return KnownState(state, row.version, row.observed_at)


def _batches(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), AT_ONCE):
        yield items[start : start + AT_ONCE]
