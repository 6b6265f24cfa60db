"""The reservations of the shop in the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import case, delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.model.audit import AuditEntry
from iomconnector.model.orders import Order
from iomconnector.model.stock_holds import STAGES, HoldEnd, HoldState, StockHold, pieces_of
from iomconnector.storage.audit_trail import record_entries
from iomconnector.storage.database import Database
from iomconnector.storage.reservation_correction import tell_order_within
from iomconnector.storage.stock_hold_rows import changeable, hold_from, hold_rows, new_row, pieces_text
from iomconnector.storage.tables import export_requests, orders, stock_holds
from iomconnector.storage.tables.stock_holds import BASKET_HAS, MAY_CHANGE_STAGE
from iomconnector.storage.upsert import insert as insert_unless_present

_holds = stock_holds.c
_OF_BASKETS = (HoldState.ASKING.value, HoldState.HELD.value)
_MAY_HOLD = text("stock_holds.state IN ('asking', 'held', 'releasing')")
_HOLDS_NOTHING = _holds.state.in_([HoldState.FULFILLED.value, HoldState.ENDED.value])
_STAGE = case(
    *((export_requests.c.state == state.value, stage.value) for state, stage in STAGES.items()), else_=""
)


class SqlReservationLedger:
    """Implements :class:`~iomconnector.ports.reservation_ledger.ReservationLedger` on the database.

    Arguments:
        database: The database.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, hold: StockHold) -> StockHold:
        """Remember that a reservation is going to be asked for."""

        async def store(connection: AsyncConnection) -> StockHold:
            statement = (
                insert_unless_present(connection, stock_holds)
                .values(new_row(hold))
                .on_conflict_do_nothing(index_elements=["channel", "basket"], index_where=BASKET_HAS)
            )
            while True:
                if (await connection.execute(statement)).rowcount:
                    return hold
                query = hold_rows().where(*_of_basket(hold.channel, hold.basket or ""))
                row = (await connection.execute(query)).one_or_none()
                if row is not None:
                    return hold_from(row)

        return await self._database.write(store, isolation="read committed")

    async def change(
        self, before: StockHold, after: StockHold, *, entries: Sequence[AuditEntry] = ()
    ) -> StockHold | None:
        """Remember what became of a reservation."""

        async def store(connection: AsyncConnection) -> StockHold | None:
            if not await _changed(connection, before, after):
                return None
            await record_entries(connection, entries)
            return hold_from((await connection.execute(hold_rows().where(_holds.key == before.key))).one())

        return await self._database.write(store, isolation="read committed")

    async def replace(self, before: StockHold, after: StockHold, successor: StockHold) -> bool:
        """Remember that another reservation takes the place of one."""

        async def store(connection: AsyncConnection) -> bool:
            if not await _changed(connection, before, after):
                return False
            await connection.execute(insert(stock_holds).values(new_row(successor)))
            return True

        return await self._database.write(store, isolation="read committed")

    async def tell_order(self, hold: StockHold, *, by: str, at: datetime, reason: str) -> bool:
        """Let the order of a reservation have its id."""

        async def store(connection: AsyncConnection) -> bool:
            return await tell_order_within(connection, hold, by=by, at=at, reason=reason)

        return await self._database.write(store, isolation="read committed")

    async def take(self, *, now: datetime, until: datetime, limit: int) -> Sequence[StockHold]:
        """Take reservations at which somebody has to look now."""
        free = _holds.not_before.is_(None) | (_holds.not_before <= now)
        timely = select(_holds.key).where(_holds.look_at <= now, free).order_by(_holds.look_at)
        elsewhere = (
            select(_holds.key)
            .join(export_requests, export_requests.c.order_id == _holds.order_id)
            .where(MAY_CHANGE_STAGE, _holds.stage != _STAGE, free)
        )

        async def store(connection: AsyncConnection) -> Sequence[StockHold]:
            keys: dict[str, None] = {}
            for query in (timely, elsewhere):
                locked = query.limit(limit - len(keys)).with_for_update(skip_locked=True, of=stock_holds)
                if len(keys) < limit:
                    keys |= dict.fromkeys((await connection.execute(locked)).scalars())
            if not keys:
                return []
            await connection.execute(
                update(stock_holds)
                .where(_holds.key.in_(list(keys)))
                .values(not_before=until, version=_holds.version + 1)
            )
            found = await connection.execute(hold_rows().where(_holds.key.in_(list(keys))))
            holds = {row.key: hold_from(row) for row in found}
            return [holds[key] for key in keys]

        return await self._database.write(store, isolation="read committed")

    async def get(self, key: str) -> StockHold | None:
        """The reservation of that key."""
        found = await self._read(_holds.key == key)
        return found[0] if found else None

    async def of_basket(self, channel: str, basket: str) -> StockHold | None:
        """What a basket has."""
        found = await self._read(*_of_basket(channel, basket))
        return found[0] if found else None

    async def lost(self, channel: str, basket: str, *, now: datetime) -> int:
        """How many reservations there may be of which only the inventory service knows."""
        query = select(func.count()).where(
            _holds.channel == channel,
            _holds.basket == basket,
            _holds.state == HoldState.RELEASING.value,
            _holds.reservation.is_(None),
            _holds.ends_at > now,
        )
        async with self._database.reading() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def of_order(self, channel: str, number: str) -> Sequence[StockHold]:
        """The reservations of an order."""
        return await self._read(orders.c.channel == channel, orders.c.number == number)

    async def page(
        self, *, channel: str | None = None, ended: bool = False, limit: int = 100
    ) -> Sequence[StockHold]:
        """Reservations, the latest first."""
        where: list[Any] = [_HOLDS_NOTHING if ended else _MAY_HOLD]
        if channel is not None:
            where.append(_holds.channel == channel)
        return await self._read(*where, limit=limit)

    async def forget(self, before: datetime, *, limit: int) -> int:
        """Remove reservations of no order that ended before a moment."""

        async def store(connection: AsyncConnection) -> int:
            old = select(_holds.key).where(_holds.order_id.is_(None), _holds.ended_at < before).limit(limit)
            keys = list((await connection.execute(old)).scalars())
            if keys:
                await connection.execute(
                    delete(stock_holds).where(_holds.key.in_(keys), _holds.order_id.is_(None))
                )
            return len(keys)

        return await self._database.write(store, isolation="read committed")

    async def _read(self, *where: Any, limit: int | None = None) -> list[StockHold]:
        query = hold_rows().where(*where).order_by(_holds.made_at.desc(), _holds.version.desc())
        async with self._database.reading() as connection:
            return [hold_from(row) for row in await connection.execute(query.limit(limit))]


async def bind_reservation(
    connection: AsyncConnection, order: Order, reservation: str, order_id: int, now: datetime
) -> None:
    """Bind a reservation of the shop to an order, within the transaction that places it.

    Services may have given the same id; then it is the one that holds something, the latest. Where another
    order has the reservation, this one is remembered as one whose reservation is gone: it gets pieces of its
    own.
    """
    mine = _holds.channel == order.channel, _holds.reservation == reservation[:255]
    latest = _holds.ended_at.is_not(None), _holds.made_at.desc()
    free = select(_holds.key).where(*mine, _holds.order_id.is_(None)).order_by(*latest).limit(1)
    bound = await connection.execute(
        update(stock_holds)
        .where(_holds.key == free.scalar_subquery(), _holds.order_id.is_(None))
        .values(order_id=order_id, basket=None, look_at=now, not_before=None, version=_holds.version + 1)
    )
    if bound.rowcount:
        return
    others = await connection.execute(select(stock_holds).where(*mine).order_by(*latest).limit(1))
    other = others.mappings().one_or_none()
    if other is not None:
        gone = {"state": HoldState.ENDED, "ended": HoldEnd.GONE, "ended_at": now, "reservation": None}
        new = {"key": uuid4().hex, "order_id": order_id, "wanted": pieces_text(pieces_of(order))}
        row = {**other, **gone, **new, "stage": None, "pieces": pieces_text({})}
        values = {**row, "made_at": now, "look_at": now, "not_before": None, "version": 0, "basket": None}
        await connection.execute(insert(stock_holds).values(values))


async def _changed(connection: AsyncConnection, before: StockHold, after: StockHold) -> bool:
    changed = await connection.execute(
        update(stock_holds)
        .where(_holds.key == before.key, _holds.version == before.version)
        .values(version=before.version + 1, **changeable(after))
    )
    return changed.rowcount > 0


def _of_basket(channel: str, basket: str) -> Sequence[Any]:
    return _holds.channel == channel, _holds.basket == basket, _holds.state.in_(_OF_BASKETS)
