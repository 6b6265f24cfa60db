"""Subscriptions as rows."""

from typing import Any

from sqlalchemy import ColumnElement, Row, and_

from bc_product_notification.subscriptions import OPEN, Subscription, SubscriptionState
from bc_product_notification.tables import subscriptions

_row = subscriptions.c


def subscription_of(row: Row[Any], *, maybe_sent: bool = False) -> Subscription:
    """The subscription that a row is."""
    return Subscription(
        id=row.id,
        channel=row.channel,
        sku=row.sku,
        address=row.address,
        login=row.login,
        language=row.language,
        state=SubscriptionState(row.state),
        created_at=row.created_at,
        changed_at=row.changed_at,
        mail_at=row.mail_at,
        attempts=row.attempts,
        message_id=row.message_id,
        maybe_sent=maybe_sent,
    )


def is_open() -> ColumnElement[bool]:
    """Whether a row is in one of the open states."""
    return _row.state.in_([each.value for each in OPEN])


def is_claimed(claimed: Subscription) -> ColumnElement[bool]:
    """Whether a row is still what was claimed."""
    return and_(
        _row.id == claimed.id,
        _row.state == claimed.state.value,
        _row.message_id == claimed.message_id,
        _row.attempts == claimed.attempts,
    )
