"""Baskets in the database."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bc_basket.basket_rows import basket_of, row_of
from bc_basket.tables import IS_CURRENT, LONGEST_ID, baskets
from iomconnector.model.baskets import Basket, BasketState
from iomconnector.storage.database import Database
from iomconnector.storage.remnants import overwrite_what_is_freed
from iomconnector.storage.upsert import insert

_baskets = baskets.c


class SqlBasketRepository:
    """Implements :class:`~iomconnector.ports.basket_repository.BasketRepository` on the table.

    Arguments:
        database: The shop's database.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def current(self, channel: str, login: str) -> Basket | None:
        """The basket of a user that is not ordered yet.

        Raises:
            StorageError: It cannot be read.
        """
        return await self._one(_current(channel, login))

    async def begin(self, basket: Basket) -> Basket:
        """Keep a new basket, or give the one that the user has.

        Raises:
            StorageError: It cannot be written.
        """

        async def write(connection: AsyncConnection) -> Basket:
            statement = (
                insert(connection, baskets)
                .values(row_of(basket))
                .on_conflict_do_nothing(index_elements=["channel", "login"], index_where=IS_CURRENT)
            )
            await connection.execute(statement)
            row = (await connection.execute(_current(basket.channel, basket.login))).one()
            return basket_of(row)

        return await self._database.write(write)

    async def get(self, channel: str, login: str, basket_id: str) -> Basket | None:
        """A basket of a user.

        Raises:
            StorageError: It cannot be read.
        """
        if not (0 < len(basket_id) <= LONGEST_ID and basket_id.isprintable()):
            return None
        return await self._one(
            select(baskets).where(
                _baskets.id == basket_id, _baskets.channel == channel, _baskets.login == login
            )
        )

    async def change(self, basket: Basket) -> Basket | None:
        """Keep a basket in place of the one of its id and version.

        Raises:
            StorageError: It cannot be written.
        """
        changed = replace(basket, version=basket.version + 1)

        async def write(connection: AsyncConnection) -> bool:
            await overwrite_what_is_freed(connection)
            done = await connection.execute(
                update(baskets)
                .where(_baskets.id == basket.id, _baskets.version == basket.version)
                .values(row_of(changed))
            )
            return done.rowcount == 1

        return changed if await self._database.write(write) else None

    async def unfinished(self, before: datetime, *, limit: int) -> Sequence[Basket]:
        """Baskets that are being ordered and were left.

        Raises:
            StorageError: They cannot be read.
        """
        query = (
            select(baskets)
            .where(_baskets.state == BasketState.ORDERING.value, _baskets.changed_at < before)
            .order_by(_baskets.changed_at, _baskets.id)
            .limit(limit)
        )
        async with self._database.reading() as connection:
            return [basket_of(row) for row in await connection.execute(query)]

    async def forget(self, *, opened_before: datetime, ordered_before: datetime, limit: int) -> int:
        """Remove baskets that nobody touched for long.

        Raises:
            StorageError: They cannot be removed.
        """
        is_old = or_(
            and_(_baskets.state == BasketState.OPEN.value, _baskets.changed_at < opened_before),
            and_(_baskets.state == BasketState.ORDERED.value, _baskets.changed_at < ordered_before),
        )
        old = select(_baskets.id).where(is_old).limit(limit)

        async def write(connection: AsyncConnection) -> int:
            ids = (await connection.execute(old)).scalars().all()
            if not ids:
                return 0
            await overwrite_what_is_freed(connection)
            return (await connection.execute(delete(baskets).where(_baskets.id.in_(ids), is_old))).rowcount

        return await self._database.write(write)

    async def _one(self, query: Select[Any]) -> Basket | None:
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else basket_of(row)


def _current(channel: str, login: str) -> Select[Any]:
    return select(baskets).where(_baskets.channel == channel, _baskets.login == login, IS_CURRENT)
