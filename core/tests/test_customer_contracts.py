"""The contracts around people who buy, kept by the adapters in memory and on each database."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from functools import cached_property

import pytest

from iomconnector.model.customer_users import owner_key
from iomconnector.ports.customer_token_store import StoredCustomerToken, TokenKind
from iomconnector.ports.customer_user_repository import StoredCustomerUser
from iomconnector.ports.session_store import StoredSession
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
from iomconnector.testing.samples import CHANNEL, CONTEXTS, NOON, OTHER_CHANNEL, sample_customer_user


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

    @pytest.mark.parametrize("channel", [CHANNEL, OTHER_CHANNEL])
    async def test_nothing_that_lets_an_erased_user_in_is_left(self, channel: str) -> None:
        async with self.customer_user_storage() as storage, aclosing(Database(self.url)) as database:
            sessions, tokens = SqlSessionStore(database, customer_sessions), SqlCustomerTokenStore(database)
            await storage.add(StoredCustomerUser(sample_customer_user(), None, 7))
            account = owner_key(channel, "anna")
            await sessions.save(StoredSession("a" * 64, account, 7, NOON, NOON, NOON))
            await tokens.save([StoredCustomerToken("b" * 64, TokenKind.ACCESS, "f", account, 7, NOON, NOON)])
            await storage.users.erase(CHANNEL, "anna", by="operator", at=NOON)
            left = [await sessions.find("a" * 64), await tokens.find("b" * 64)]
            assert [each is not None for each in left] == [channel == OTHER_CHANNEL] * 2


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
