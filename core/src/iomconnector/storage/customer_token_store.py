"""Tokens of the users of customers in the database."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.ports.customer_token_store import StoredCustomerToken, TokenKind
from iomconnector.storage.database import Database
from iomconnector.storage.tables import customer_tokens

_TOKEN = customer_tokens.c


class SqlCustomerTokenStore:
    """Implements :class:`~iomconnector.ports.customer_token_store.CustomerTokenStore` on the database.

    What spends or removes tokens is serializable: a family that is removed while one of its tokens is
    exchanged is removed with the tokens that this adds.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, tokens: Sequence[StoredCustomerToken]) -> None:
        """Add tokens, all or none."""

        async def store(connection: AsyncConnection) -> None:
            await _add(connection, tokens)

        await self._database.write(store)

    async def find(self, digest: str) -> StoredCustomerToken | None:
        """The token of that digest, or none."""
        async with self._database.reading() as connection:
            query = select(customer_tokens).where(_TOKEN.digest == digest)
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else _token(row)

    async def exchange(self, digest: str, at: datetime, tokens: Sequence[StoredCustomerToken]) -> bool:
        """Spend a token for others, in one step."""

        async def store(connection: AsyncConnection) -> bool:
            unspent = (_TOKEN.digest == digest) & _TOKEN.spent_at.is_(None)
            done = await connection.execute(update(customer_tokens).where(unspent).values(spent_at=at))
            if done.rowcount != 1:
                return False
            await _add(connection, tokens)
            return True

        return await self._database.write(store)

    async def delete_family(self, family: str) -> int:
        """Remove the tokens of a family."""
        return await self._delete(_TOKEN.family == family)

    async def forget(self, expired_at: datetime) -> int:
        """Remove tokens that are worth nothing at a time."""
        return await self._delete(_TOKEN.expires_at <= expired_at)

    async def _delete(self, which: Any) -> int:
        async def remove(connection: AsyncConnection) -> int:
            return (await connection.execute(delete(customer_tokens).where(which))).rowcount

        return await self._database.write(remove)


async def _add(connection: AsyncConnection, tokens: Sequence[StoredCustomerToken]) -> None:
    rows = [{**asdict(token), "kind": token.kind.value} for token in tokens]
    if rows:
        await connection.execute(insert(customer_tokens), rows)


def _token(row: Row[Any]) -> StoredCustomerToken:
    return StoredCustomerToken(
        digest=row.digest,
        kind=TokenKind(row.kind),
        family=row.family,
        account=row.account,
        generation=row.generation,
        issued_at=row.issued_at,
        expires_at=row.expires_at,
        spent_at=row.spent_at,
    )
