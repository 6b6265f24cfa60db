"""The contract of the states of endpoints, kept on each database."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

import pytest

from iomconnector.storage.database import Database
from iomconnector.storage.endpoint_states import SqlEndpointStates
from iomconnector.testing.contracts import EndpointStatesContract


class TestSqlEndpointStates(EndpointStatesContract):
    url: str

    @pytest.fixture(autouse=True)
    def _fresh(self, each_database_url: str) -> None:
        self.url = each_database_url

    @asynccontextmanager
    async def endpoint_states(self) -> AsyncIterator[SqlEndpointStates]:
        async with aclosing(Database(self.url)) as database:
            yield SqlEndpointStates(database)
