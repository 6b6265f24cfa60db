"""The tables of subscriptions keep the contract on each database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bc_product_notification.sql_subscriptions import SqlSubscriptions
from bc_product_notification.subscriptions import SubscriptionStore
from bc_product_notification.testing import SubscriptionStoreContract, notification_database


class TestSqlSubscriptions(SubscriptionStoreContract):
    url: str

    @pytest.fixture(autouse=True)
    def _fresh(self, each_database_url: str) -> None:
        self.url = each_database_url

    @asynccontextmanager
    async def store(self) -> AsyncIterator[SubscriptionStore]:
        async with notification_database(self.url) as database:
            yield SqlSubscriptions(database)
