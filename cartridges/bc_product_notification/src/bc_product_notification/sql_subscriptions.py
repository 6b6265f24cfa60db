"""Subscriptions in the database."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bc_product_notification.receiving import receive
from bc_product_notification.subscription_rows import is_claimed, is_open, subscription_of
from bc_product_notification.subscriptions import (
    OPEN,
    Limits,
    Received,
    Subscription,
    SubscriptionQuery,
    SubscriptionState,
    SubscriptionStore,
    Wish,
)
from bc_product_notification.tables import subscriptions, tokens
from iomconnector.model.mails import Mailbox
from iomconnector.storage.database import BrokenConstraintError, Database
from iomconnector.storage.remnants import overwrite_what_is_freed

_row = subscriptions.c
_UNCONFIRMED, _WAITING, _SENDING = (each.value for each in OPEN)


class SqlSubscriptions(SubscriptionStore):
    """Implements :class:`~bc_product_notification.subscriptions.SubscriptionStore` on the tables.

    Arguments:
        database: The shop's database.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def subscribe(self, wish: Wish, limits: Limits, now: datetime) -> Received:
        """Keep a wish. See ``SubscriptionStore.subscribe``."""

        async def change(connection: AsyncConnection) -> Received:
            return await receive(connection, wish, limits, now)

        try:
            return await self._database.write(change)
        except BrokenConstraintError:
            return await self._database.write(change)

    async def confirm(self, token_hash: str, now: datetime) -> Subscription | None:
        """Let the subscription of a token wait. See ``SubscriptionStore.confirm``."""

        async def change(connection: AsyncConnection) -> Subscription | None:
            confirmed = {"state": _WAITING, "message_id": None, "attempts": 0, "mail_at": now}
            await connection.execute(
                update(subscriptions)
                .where(_of_token(token_hash), _row.state == _UNCONFIRMED)
                .values(**confirmed, changed_at=now)
            )
            return await _found(connection, _of_token(token_hash))

        return await self._database.write(change)

    async def unsubscribe(self, token_hash: str, now: datetime, *, everything: bool) -> int:
        """End what a token is for. See ``SubscriptionStore.unsubscribe``."""

        async def change(connection: AsyncConnection) -> int:
            found = await _found(connection, _of_token(token_hash))
            if found is None:
                return 0
            which = _row.id == found.id
            if everything:
                key = Mailbox(address=found.address).key
                which = and_(_row.channel == found.channel, _row.address_key == key)
            ended = {"state": SubscriptionState.UNSUBSCRIBED.value, "mail_at": None, "changed_at": now}
            done = await connection.execute(update(subscriptions).where(which, is_open()).values(**ended))
            return done.rowcount

        return await self._database.write(change)

    async def by_token(self, token_hash: str) -> Subscription | None:
        """The subscription of a token."""
        async with self._database.reading() as connection:
            return await _found(connection, _of_token(token_hash))

    async def channels(self) -> Sequence[str]:
        """The channels in which somebody waits."""
        query = select(_row.channel).where(_row.state == _WAITING).distinct().order_by(_row.channel)
        async with self._database.reading() as connection:
            return list((await connection.execute(query)).scalars())

    async def wanted(
        self, channel: str, now: datetime, *, after: str = "", limit: int = 200
    ) -> Sequence[str]:
        """Products for which somebody waits."""
        query = (
            select(_row.sku)
            .where(_row.channel == channel, _row.state == _WAITING, _row.mail_at <= now, _row.sku > after)
            .distinct()
            .order_by(_row.sku)
            .limit(limit)
        )
        async with self._database.reading() as connection:
            return list((await connection.execute(query)).scalars())

    async def waiting(self, channel: str, sku: str, now: datetime, *, limit: int = 100) -> Sequence[int]:
        """Who waits for a product."""
        this = and_(_row.channel == channel, _row.sku == sku, _row.state == _WAITING, _row.mail_at <= now)
        return await self._keys(this, limit)

    async def unfinished(self, now: datetime, *, after: int = 0, limit: int = 100) -> Sequence[int]:
        """Subscriptions whose mail is due whatever the stock says."""
        due = and_(_row.state.in_([_UNCONFIRMED, _SENDING]), _row.mail_at <= now, _row.id > after)
        return await self._keys(due, limit)

    async def claim(
        self, key: int, *, message_id: str, token_hash: str, until: datetime, now: datetime
    ) -> Subscription | None:
        """Be the one who sends the mail that is due. See ``SubscriptionStore.claim``."""

        async def change(connection: AsyncConnection) -> Subscription | None:
            due = and_(_row.id == key, is_open(), _row.mail_at <= now)
            before = (
                await connection.execute(select(subscriptions).where(due).with_for_update())
            ).one_or_none()
            if before is None:
                return None
            state = before.state if before.state == _UNCONFIRMED else _SENDING
            values = {"state": state, "mail_at": until, "changed_at": now}
            await connection.execute(
                update(subscriptions)
                .where(_row.id == key)
                .values(
                    **values,
                    attempts=before.attempts + 1,
                    message_id=before.message_id or message_id,
                )
            )
            await connection.execute(insert(tokens).values(token_hash=token_hash, subscription=key))
            [row] = await connection.execute(select(subscriptions).where(_row.id == key))
            return subscription_of(row, maybe_sent=before.state == _SENDING)

        return await self._database.write(change)

    async def sent(self, claimed: Subscription, now: datetime) -> bool:
        """The mail was taken."""
        asks = claimed.state is SubscriptionState.UNCONFIRMED
        state = claimed.state if asks else SubscriptionState.NOTIFIED
        return await self._end_claim(claimed, state=state.value, mail_at=None, changed_at=now)

    async def postponed(
        self, claimed: Subscription, until: datetime, now: datetime, *, unclear: bool
    ) -> bool:
        """The mail was not taken. See ``SubscriptionStore.postponed``."""
        state = claimed.state
        if state is SubscriptionState.SENDING and not (unclear or claimed.maybe_sent):
            state = SubscriptionState.WAITING
        return await self._end_claim(claimed, state=state.value, mail_at=until, changed_at=now)

    async def refused(self, claimed: Subscription, now: datetime) -> bool:
        """The mail was refused for good."""
        ended = SubscriptionState.REFUSED.value
        return await self._end_claim(claimed, state=ended, mail_at=None, changed_at=now)

    async def page(self, query: SubscriptionQuery) -> Sequence[Subscription]:
        """Subscriptions, by their key."""
        wanted = select(subscriptions).where(_row.id > query.after)
        given = {
            _row.channel: query.channel,
            _row.sku: query.sku,
            _row.address_key: query.address.key if query.address else None,
            _row.state: query.state.value if query.state else None,
        }
        for column, value in given.items():
            if value is not None:
                wanted = wanted.where(column == value)
        async with self._database.reading() as connection:
            rows = await connection.execute(wanted.order_by(_row.id).limit(query.limit))
            return [subscription_of(row) for row in rows]

    async def counts(self) -> Mapping[tuple[str, SubscriptionState], int]:
        """How many there are, by channel and state."""
        query = select(_row.channel, _row.state, func.count()).group_by(_row.channel, _row.state)
        async with self._database.reading() as connection:
            rows = await connection.execute(query)
            return {(channel, SubscriptionState(state)): count for channel, state, count in rows}

    async def forget(self, *, unconfirmed: datetime, ended: datetime, clients: datetime) -> int:
        """Remove what is old. See ``SubscriptionStore.forget``."""
        old = or_(
            and_(_row.state == _UNCONFIRMED, _row.created_at < unconfirmed),
            and_(~is_open(), _row.changed_at < ended),
        )

        async def change(connection: AsyncConnection) -> int:
            unknown = update(subscriptions).where(_row.client.is_not(None), _row.created_at < clients)
            await connection.execute(unknown.values(client=None))
            return await _remove(connection, old)

        return await self._database.write(change)

    async def of_person(
        self, mailbox: Mailbox, *, channel: str | None = None, login: str | None = None
    ) -> Sequence[Mapping[str, Any]]:
        """All that is stored of an address, and of a registered user."""
        query = select(subscriptions).where(_of_person(mailbox, channel, login)).order_by(_row.id)
        async with self._database.reading() as connection:
            return [dict(row._mapping) for row in await connection.execute(query)]

    async def erase_person(
        self, mailbox: Mailbox, *, channel: str | None = None, login: str | None = None
    ) -> int:
        """Remove all that is stored of an address, and of a registered user."""

        async def change(connection: AsyncConnection) -> int:
            await overwrite_what_is_freed(connection)
            return await _remove(connection, _of_person(mailbox, channel, login))

        return await self._database.write(change)

    async def _keys(self, which: ColumnElement[bool], limit: int) -> Sequence[int]:
        query = select(_row.id).where(which).order_by(_row.id).limit(limit)
        async with self._database.reading() as connection:
            return list((await connection.execute(query)).scalars())

    async def _end_claim(self, claimed: Subscription, **values: Any) -> bool:
        async def change(connection: AsyncConnection) -> bool:
            ending = update(subscriptions).where(is_claimed(claimed)).values(**values)
            return (await connection.execute(ending)).rowcount == 1

        return await self._database.write(change)


def _of_token(token_hash: str) -> ColumnElement[bool]:
    belongs = (tokens.c.token_hash == token_hash) & (tokens.c.subscription == _row.id)
    return exists().where(belongs)


def _of_person(mailbox: Mailbox, channel: str | None, login: str | None) -> ColumnElement[bool]:
    of_address = _row.address_key == mailbox.key
    if channel is not None:
        of_address = and_(of_address, _row.channel == channel)
    if login is None:
        return of_address
    return or_(of_address, and_(_row.channel == channel, _row.login == login))


async def _found(connection: AsyncConnection, which: ColumnElement[bool]) -> Subscription | None:
    row = (await connection.execute(select(subscriptions).where(which))).one_or_none()
    return subscription_of(row) if row is not None else None


async def _remove(connection: AsyncConnection, which: ColumnElement[bool]) -> int:
    of_them = select(_row.id).where(which)
    await connection.execute(delete(tokens).where(tokens.c.subscription.in_(of_them)))
    return (await connection.execute(delete(subscriptions).where(which))).rowcount
