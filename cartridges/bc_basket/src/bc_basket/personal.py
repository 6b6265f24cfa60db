"""What baskets tell of people, for those who ask and those who want it erased."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bc_basket.tables import baskets
from iomconnector.model.baskets import BasketState
from iomconnector.model.customer_users import CustomerUser
from iomconnector.ports.personal_records import RecordsInUseError
from iomconnector.storage.database import Database
from iomconnector.storage.remnants import overwrite_what_is_freed

_baskets = baskets.c


class BasketsOfPeople:
    """Implements :class:`~iomconnector.ports.personal_records.PersonalRecords` on baskets.

    Arguments:
        database: The shop's database.
    """

    name = "baskets"
    tables: Sequence[str] = (baskets.name,)

    def __init__(self, database: Database) -> None:
        self._database = database

    async def stored(self, user: CustomerUser) -> Sequence[Mapping[str, Any]]:
        """The baskets of a user.

        Raises:
            StorageError: The database cannot be read.
        """
        query = (
            select(baskets)
            .where(_baskets.channel == user.channel, _baskets.login == user.login)
            .order_by(_baskets.changed_at, _baskets.id)
        )
        async with self._database.reading() as connection:
            return [
                {
                    "id": row.id,
                    "state": row.state,
                    "changed_at": row.changed_at.isoformat(),
                    "lines": json.loads(row.lines),
                    "order": json.loads(row.draft) if row.draft else None,
                    "order_number": row.order_number,
                }
                for row in await connection.execute(query)
            ]

    async def erase(self, user: CustomerUser) -> int:
        """Remove the baskets of a user; how many.

        Raises:
            RecordsInUseError: One is being ordered, which takes minutes at most; the others were removed.
            StorageError: The database does not answer; do it again.
        """
        mine = _baskets.channel == user.channel, _baskets.login == user.login
        ordering = _baskets.state == BasketState.ORDERING.value

        async def write(connection: AsyncConnection) -> tuple[int, str | None]:
            await overwrite_what_is_freed(connection)
            removed = (await connection.execute(delete(baskets).where(*mine, ~ordering))).rowcount
            left = await connection.execute(select(_baskets.id).where(*mine, ordering).limit(1))
            return removed, left.scalar_one_or_none()

        removed, left = await self._database.write(write)
        if left is not None:
            raise RecordsInUseError(
                f"A basket of {user.login} is being ordered.",
                hint="Erase again in a few minutes, when its order is placed.",
                channel=user.channel,
                basket=left,
            )
        return removed
