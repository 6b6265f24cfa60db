"""The contracts around people who buy, kept by the adapters in memory and on each database."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from functools import cached_property

import pytest

from iomconnector.storage.audit_trail import SqlAuditTrail
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.customer_token_store import SqlCustomerTokenStore
from iomconnector.storage.customer_user_repository import SqlCustomerUserRepository
from iomconnector.storage.database import Database
from iomconnector.storage.session_store import SqlSessionStore
from iomconnector.storage.tables import customer_sessions
from iomconnector.testing.contracts import (
    CustomerTokenStoreContract,
    CustomerUserRepositoryContract,
    CustomerUserStorage,
    SessionStoreContract,
)
from iomconnector.testing.memory import (
    MemoryAuditTrail,
    MemoryCustomerTokenStore,
    MemoryCustomerUserRepository,
)
from iomconnector.testing.samples import CHANNEL, CONTEXTS, OTHER_CHANNEL


class TestMemoryCustomerUserRepository(CustomerUserRepositoryContract):
    @cached_property
    def _storage(self) -> CustomerUserStorage:
        audit = MemoryAuditTrail()
        users = MemoryCustomerUserRepository(audit, {CHANNEL, OTHER_CHANNEL})
        return CustomerUserStorage(users, audit)

    @asynccontextmanager
    async def customer_user_storage(self) -> AsyncIterator[CustomerUserStorage]:
        yield self._storage


class TestMemoryCustomerTokenStore(CustomerTokenStoreContract):
    _store = cached_property(lambda _: MemoryCustomerTokenStore())

    @asynccontextmanager
    async def customer_token_store(self) -> AsyncIterator[MemoryCustomerTokenStore]:
        yield self._store


class _OnEachDatabase:
    url: str

    @pytest.fixture(autouse=True)
    def _fresh(self, each_database_url: str) -> None:
        self.url = each_database_url


class TestSqlCustomerUserRepository(_OnEachDatabase, CustomerUserRepositoryContract):
    @asynccontextmanager
    async def customer_user_storage(self) -> AsyncIterator[CustomerUserStorage]:
        async with aclosing(Database(self.url)) as database:
            contexts = SqlContextRepository(database)
            for context in CONTEXTS:
                await contexts.save(context)
            yield CustomerUserStorage(SqlCustomerUserRepository(database), SqlAuditTrail(database))


class TestSqlCustomerTokenStore(_OnEachDatabase, CustomerTokenStoreContract):
    @asynccontextmanager
    async def customer_token_store(self) -> AsyncIterator[SqlCustomerTokenStore]:
        async with aclosing(Database(self.url)) as database:
            yield SqlCustomerTokenStore(database)


class TestSqlCustomerSessionStore(_OnEachDatabase, SessionStoreContract):
    @asynccontextmanager
    async def session_store(self) -> AsyncIterator[SqlSessionStore]:
        async with aclosing(Database(self.url)) as database:
            yield SqlSessionStore(database, customer_sessions)
