"""Users of customers in the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from iomconnector.errors import NotFoundError
from iomconnector.model.audit import AuditEntry
from iomconnector.model.customer_users import (
    CustomerUser,
    CustomerUserChange,
    checked_user,
    owner_key,
    require_fitting,
)
from iomconnector.model.erasure import ERASED
from iomconnector.model.values import ChannelId
from iomconnector.ports.customer_user_repository import (
    USER_ERASED,
    USER_TOPICS,
    CustomerUserExistsError,
    StoredCustomerUser,
    UserNote,
    changed_user,
    no_such_user,
)
from iomconnector.storage.audit_trail import record_entries
from iomconnector.storage.database import Database
from iomconnector.storage.remnants import overwrite_what_is_freed
from iomconnector.storage.tables import (
    audit_entries,
    contexts,
    customer_sessions,
    customer_tokens,
    customer_users,
)

_USER = customer_users.c


class SqlCustomerUserRepository:
    """Implements the port of the same name, without ``Sql``, on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, user: StoredCustomerUser, entry: AuditEntry) -> None:
        """Add a user."""
        new = user.user

        async def store(connection: AsyncConnection) -> None:
            channel = await connection.scalar(select(contexts.c.id).where(contexts.c.id == new.channel))
            if channel is None:
                raise NotFoundError(f"There is no channel {new.channel!r}.", channel=new.channel)
            if await _locked(connection, new.channel, new.login) is not None:
                raise CustomerUserExistsError(
                    f"There is a user {new.login!r} in channel {new.channel} already.",
                    hint="Choose another login, or change that user.",
                    channel=new.channel,
                    login=new.login,
                )
            query = _users().where(_USER.channel == new.channel, _USER.customer == new.customer)
            require_fitting(new, [_stored(row).user for row in await connection.execute(query)])
            await connection.execute(insert(customer_users).values(**_values(user)))
            await record_entries(connection, [entry])

        await self._database.write(store)

    async def find(self, channel: str, login: str) -> StoredCustomerUser | None:
        """The user of that login in the channel, or none."""
        async with self._database.reading() as connection:
            row = (await connection.execute(_one(channel, login))).one_or_none()
        return None if row is None else _stored(row)

    async def users(
        self, *, channel: str | None = None, customer: str | None = None, limit: int | None = None
    ) -> Sequence[StoredCustomerUser]:
        """Users, by channel and login."""
        query = _users().order_by(_USER.channel, _USER.login).limit(limit)
        if channel is not None:
            query = query.where(_USER.channel == channel)
        if customer is not None:
            query = query.where(_USER.customer == customer)
        async with self._database.reading() as connection:
            return [_stored(row) for row in await connection.execute(query)]

    async def change(
        self,
        channel: str,
        login: str,
        change: CustomerUserChange,
        note: UserNote,
        *,
        password_hash: str | None = None,
    ) -> StoredCustomerUser:
        """Change what is given, in one step."""

        async def store(connection: AsyncConnection) -> StoredCustomerUser:
            before = await _locked(connection, channel, login)
            if before is None:
                raise no_such_user(channel, login)
            after = changed_user(before, change, password_hash)
            checked_user(after.user)
            await connection.execute(
                update(customer_users).where(_is(channel, login)).values(**_values(after))
            )
            entry = note(before, after)
            await record_entries(connection, [entry] if entry else [])
            return after

        return await self._database.write(store)

    async def rehash(self, channel: str, login: str, *, old: str, new: str) -> bool:
        """Replace the hash of an unchanged password."""

        async def store(connection: AsyncConnection) -> bool:
            same = _is(channel, login) & (_USER.password_hash == old)
            done = await connection.execute(update(customer_users).where(same).values(password_hash=new))
            return done.rowcount == 1

        return await self._database.write(store)

    async def erase(self, channel: str, login: str, *, by: str, at: datetime) -> bool:
        """Remove a user with everything that names this user."""
        account = owner_key(channel, login)

        async def store(connection: AsyncConnection) -> bool:
            await overwrite_what_is_freed(connection)
            gone = await connection.execute(delete(customer_users).where(_is(channel, login)))
            if not gone.rowcount:
                return False
            for table in (customer_sessions, customer_tokens):
                await connection.execute(delete(table).where(table.c.account == account))
            about = and_(
                audit_entries.c.context == channel,
                audit_entries.c.subject == login,
                audit_entries.c.topic.in_(USER_TOPICS),
            )
            await connection.execute(update(audit_entries).where(about).values(subject=ERASED, changes={}))
            by_user = and_(audit_entries.c.context == channel, audit_entries.c.by == login)
            await connection.execute(
                update(audit_entries).where(by_user, audit_entries.c.topic.in_(USER_TOPICS)).values(by=ERASED)
            )
            await record_entries(connection, [AuditEntry(at, by, USER_ERASED, ERASED, context=channel)])
            return True

        return await self._database.write(store)


def _users() -> Select[Any]:
    return select(customer_users)


def _is(channel: str, login: str) -> Any:
    return (_USER.channel == channel) & (_USER.login == login)


def _one(channel: str, login: str) -> Select[Any]:
    return _users().where(_is(channel, login))


async def _locked(connection: AsyncConnection, channel: str, login: str) -> StoredCustomerUser | None:
    row = (await connection.execute(_one(channel, login).with_for_update())).one_or_none()
    return None if row is None else _stored(row)


def _values(stored: StoredCustomerUser) -> dict[str, Any]:
    user = stored.user
    return {
        "channel": user.channel,
        "login": user.login,
        "customer": user.customer,
        "business": user.business,
        "company": user.company,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "email": user.email,
        "sees_all_orders": user.sees_all_orders,
        "active": user.active,
        "created_at": user.created_at,
        "language": user.language,
        "password_hash": stored.password_hash,
        "generation": stored.generation,
    }


def _stored(row: Row[Any]) -> StoredCustomerUser:
    user = CustomerUser(
        channel=ChannelId(row.channel),
        login=row.login,
        customer=row.customer,
        business=row.business,
        company=row.company,
        first_name=row.first_name,
        last_name=row.last_name,
        email=row.email,
        sees_all_orders=row.sees_all_orders,
        active=row.active,
        created_at=row.created_at,
        language=row.language,
    )
    return StoredCustomerUser(user, row.password_hash, row.generation)
