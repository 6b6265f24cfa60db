"""Accounts in the database."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.errors import NotFoundError
from iomconnector.model.accounts import Role
from iomconnector.model.audit import AuditEntry
from iomconnector.ports.account_repository import (
    AccountExistsError,
    Note,
    StoredAccount,
    changed_account,
    keep_an_administrator,
)
from iomconnector.storage.audit_trail import record_entries
from iomconnector.storage.database import BrokenConstraintError, Database
from iomconnector.storage.tables import accounts


class SqlAccountRepository:
    """Implements :class:`~iomconnector.ports.account_repository.AccountRepository` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, account: StoredAccount, entry: AuditEntry) -> None:
        """Add an account."""

        async def store(connection: AsyncConnection) -> None:
            await connection.execute(insert(accounts).values(**_values(account)))
            await record_entries(connection, [entry])

        try:
            await self._database.write(store)
        except BrokenConstraintError as error:
            raise AccountExistsError(
                f"There is an account named {account.name!r} already.",
                hint="Choose another name, or change that one.",
                account=account.name,
            ) from error

    async def find(self, name: str) -> StoredAccount | None:
        """The account of that name, or none."""
        async with self._database.reading() as connection:
            row = (await connection.execute(select(accounts).where(accounts.c.name == name))).one_or_none()
        return None if row is None else _account(row)

    async def all(self) -> Sequence[StoredAccount]:
        """Every account, by name."""
        async with self._database.reading() as connection:
            rows = await connection.execute(select(accounts))
            return sorted((_account(row) for row in rows), key=lambda account: account.name)

    async def change(
        self,
        name: str,
        note: Note,
        *,
        display_name: str | None = None,
        role: Role | None = None,
        active: bool | None = None,
        password_hash: str | None = None,
    ) -> StoredAccount:
        """Change what is given, in one step."""

        async def store(connection: AsyncConnection) -> StoredAccount:
            administrators = await _administrators(connection)
            before = await _locked(connection, name)
            if before is None:
                raise NotFoundError(
                    f"There is no account named {name!r}.",
                    hint="See `iomconnector account list`.",
                    account=name,
                )
            after = changed_account(before, display_name, role, active, password_hash)
            keep_an_administrator(administrators, before, after)
            await connection.execute(update(accounts).where(accounts.c.name == name).values(**_values(after)))
            entry = note(before, after)
            await record_entries(connection, [entry] if entry else [])
            return after

        return await self._database.write(store)

    async def rehash(self, name: str, *, old: str, new: str) -> bool:
        """Replace the hash of an unchanged password."""

        async def store(connection: AsyncConnection) -> bool:
            same = (accounts.c.name == name) & (accounts.c.password_hash == old)
            done = await connection.execute(update(accounts).where(same).values(password_hash=new))
            return done.rowcount == 1

        return await self._database.write(store)

    async def delete(self, name: str, entry: AuditEntry) -> bool:
        """Remove an account."""

        async def remove(connection: AsyncConnection) -> bool:
            administrators = await _administrators(connection)
            before = await _locked(connection, name)
            if before is None:
                return False
            keep_an_administrator(administrators, before, replace(before, active=False))
            await connection.execute(delete(accounts).where(accounts.c.name == name))
            await record_entries(connection, [entry])
            return True

        return await self._database.write(remove)


async def _administrators(connection: AsyncConnection) -> list[str]:
    """Who may change accounts. Nobody else changes that before the transaction ends: PostgreSQL locks the
    rows, in one order, and SQLite has one writer at a time."""
    able = (accounts.c.role == Role.ADMINISTRATOR.value) & accounts.c.active
    query = select(accounts.c.name).where(able).order_by(accounts.c.name).with_for_update()
    return list((await connection.execute(query)).scalars())


async def _locked(connection: AsyncConnection, name: str) -> StoredAccount | None:
    query = select(accounts).where(accounts.c.name == name).with_for_update()
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _account(row)


def _values(account: StoredAccount) -> dict[str, Any]:
    return {
        "name": account.name,
        "display_name": account.display_name,
        "role": account.role.value,
        "active": account.active,
        "created_at": account.created_at,
        "password_hash": account.password_hash,
        "generation": account.generation,
    }


def _account(row: Row[Any]) -> StoredAccount:
    return StoredAccount(
        name=row.name,
        display_name=row.display_name,
        role=Role(row.role),
        active=row.active,
        created_at=row.created_at,
        password_hash=row.password_hash,
        generation=row.generation,
    )
