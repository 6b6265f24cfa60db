"""Subscriptions for tests."""

from bc_product_notification.testing.stage import NOW, notification_database, wish
from bc_product_notification.testing.store_contract import SubscriptionStoreContract

__all__ = ["NOW", "SubscriptionStoreContract", "notification_database", "wish"]
