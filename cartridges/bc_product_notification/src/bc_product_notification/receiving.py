"""Keeping what shoppers ask for, within limits."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bc_product_notification.subscription_rows import is_open
from bc_product_notification.subscriptions import (
    Limits,
    Received,
    Reception,
    SubscriptionState,
    Wish,
)
from bc_product_notification.tables import subscriptions

_row = subscriptions.c
A_DAY = timedelta(days=1)
AN_HOUR = timedelta(hours=1)


async def receive(connection: AsyncConnection, wish: Wish, limits: Limits, now: datetime) -> Received:
    """Keep a wish, as :meth:`~bc_product_notification.subscriptions.SubscriptionStore.subscribe` promises."""
    from_client = select(func.count()).where(_row.client == wish.client, _row.created_at > now - AN_HOUR)
    if (await connection.execute(from_client)).scalar_one() >= limits.wishes_of_client:
        return Received(Reception.CLIENT_FULL)
    same = select(subscriptions).where(
        _row.channel == wish.channel, _row.sku == wish.sku, _row.address_key == wish.mailbox.key, is_open()
    )
    row = (await connection.execute(same.with_for_update())).one_or_none()
    if row is not None:
        return await _repeat(connection, row, wish, limits, now)
    open_ones = select(func.count()).where(_row.address_key == wish.mailbox.key, is_open())
    if (await connection.execute(open_ones)).scalar_one() >= limits.open_of_address:
        return Received(Reception.ADDRESS_FULL)
    if wish.login is None and await _confirmations(connection, wish, now) >= limits.confirmations_of_address:
        return Received(Reception.ADDRESS_FULL)
    state = SubscriptionState.UNCONFIRMED if wish.login is None else SubscriptionState.WAITING
    inserted = await connection.execute(
        insert(subscriptions).values(
            channel=wish.channel,
            sku=wish.sku,
            address=wish.mailbox.address,
            address_key=wish.mailbox.key,
            login=wish.login,
            language=wish.language,
            client=wish.client,
            state=state.value,
            created_at=now,
            changed_at=now,
            mail_at=now,
            attempts=0,
            confirmations=1 if wish.login is None else 0,
        )
    )
    [key] = inserted.inserted_primary_key or (None,)
    return Received(Reception.NEW, key if wish.login is None else None)


async def _confirmations(connection: AsyncConnection, wish: Wish, now: datetime) -> int:
    """How many mails asked an address to confirm something, not long ago."""
    asked = select(func.coalesce(func.sum(_row.confirmations), 0)).where(
        _row.address_key == wish.mailbox.key, _row.changed_at > now - A_DAY
    )
    return int((await connection.execute(asked)).scalar_one())


async def _repeat(
    connection: AsyncConnection, row: Row[Any], wish: Wish, limits: Limits, now: datetime
) -> Received:
    if row.state != SubscriptionState.UNCONFIRMED.value:
        return Received(Reception.REPEATED)
    this = update(subscriptions).where(_row.id == row.id)
    if wish.login is not None:
        confirmed = {"state": SubscriptionState.WAITING.value, "login": wish.login, "message_id": None}
        await connection.execute(this.values(**confirmed, attempts=0, mail_at=now, changed_at=now))
        return Received(Reception.REPEATED)
    is_due_already = row.mail_at is not None
    too_early = row.changed_at > now - limits.between_confirmations
    if is_due_already or too_early:
        return Received(Reception.REPEATED)
    if await _confirmations(connection, wish, now) >= limits.confirmations_of_address:
        return Received(Reception.REPEATED)
    again = {"message_id": None, "attempts": 0, "confirmations": row.confirmations + 1}
    await connection.execute(
        this.values(**again, mail_at=now, changed_at=now, language=wish.language, client=wish.client)
    )
    return Received(Reception.REPEATED, row.id)
