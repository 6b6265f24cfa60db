"""Subscriptions for tests."""

from bc_product_notification.testing.desk import NotificationDesk, notification_desk
from bc_product_notification.testing.stage import NOW, notification_database, wish
from bc_product_notification.testing.store_contract import SubscriptionStoreContract

__all__ = [
    "NOW",
    "NotificationDesk",
    "SubscriptionStoreContract",
    "notification_database",
    "notification_desk",
    "wish",
]
