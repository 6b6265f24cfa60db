"""Access tokens in the database."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.errors import ConfigurationError
from iomconnector.ports.access_token_store import AccessToken
from iomconnector.storage.database import BrokenConstraintError, Database
from iomconnector.storage.tables import access_tokens


class SqlAccessTokenStore:
    """Implements :class:`~iomconnector.ports.access_token_store.AccessTokenStore` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, token: AccessToken) -> None:
        """Add a token."""

        async def store(connection: AsyncConnection) -> None:
            await connection.execute(
                insert(access_tokens).values(
                    name=token.name,
                    digest=token.digest,
                    channels=list(token.channels),
                    created_at=token.created_at,
                )
            )

        try:
            await self._database.write(store)
        except BrokenConstraintError as error:
            raise ConfigurationError(
                f"There is a token named {token.name!r} already.",
                hint="Choose another name, or revoke that one first.",
                token=token.name,
            ) from error

    async def find(self, digest: str) -> AccessToken | None:
        """The token of that digest, or none."""
        async with self._database.reading() as connection:
            query = select(access_tokens).where(access_tokens.c.digest == digest)
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else _token(row)

    async def all(self) -> Sequence[AccessToken]:
        """Every token, by name."""
        async with self._database.reading() as connection:
            rows = (await connection.execute(select(access_tokens))).all()
        return sorted((_token(row) for row in rows), key=lambda token: token.name)

    async def delete(self, name: str) -> bool:
        """Revoke the token of that name."""

        async def remove(connection: AsyncConnection) -> bool:
            done = await connection.execute(delete(access_tokens).where(access_tokens.c.name == name))
            return done.rowcount == 1

        return await self._database.write(remove)


def _token(row: Row[Any]) -> AccessToken:
    return AccessToken(row.name, row.digest, tuple(row.channels), row.created_at)
