"""The contracts around accounts, kept by the adapters in memory and on each database."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from functools import cached_property

import pytest

from iomconnector.storage.account_failures import SqlFailedSignIns
from iomconnector.storage.account_passwords import Argon2PasswordHasher
from iomconnector.storage.account_repository import SqlAccountRepository
from iomconnector.storage.audit_trail import SqlAuditTrail
from iomconnector.storage.database import Database
from iomconnector.storage.session_store import SqlSessionStore
from iomconnector.testing.contracts import (
    AccountRepositoryContract,
    AccountStorage,
    FailedSignInsContract,
    PasswordHasherContract,
    SessionStoreContract,
)
from iomconnector.testing.memory import (
    FastPasswordHasher,
    MemoryAccountRepository,
    MemoryAuditTrail,
    MemoryFailedSignIns,
    MemorySessionStore,
)


class TestMemoryAccountRepository(AccountRepositoryContract):
    @cached_property
    def _storage(self) -> AccountStorage:
        audit = MemoryAuditTrail()
        return AccountStorage(MemoryAccountRepository(audit), audit)

    @asynccontextmanager
    async def account_storage(self) -> AsyncIterator[AccountStorage]:
        yield self._storage


class TestMemorySessionStore(SessionStoreContract):
    _store = cached_property(lambda _: MemorySessionStore())

    @asynccontextmanager
    async def session_store(self) -> AsyncIterator[MemorySessionStore]:
        yield self._store


class TestMemoryFailedSignIns(FailedSignInsContract):
    _failures = cached_property(lambda _: MemoryFailedSignIns())

    @asynccontextmanager
    async def failed_sign_ins(self) -> AsyncIterator[MemoryFailedSignIns]:
        yield self._failures


class _OnEachDatabase:
    url: str

    @pytest.fixture(autouse=True)
    def _fresh(self, each_database_url: str) -> None:
        self.url = each_database_url


class TestSqlAccountRepository(_OnEachDatabase, AccountRepositoryContract):
    @asynccontextmanager
    async def account_storage(self) -> AsyncIterator[AccountStorage]:
        async with aclosing(Database(self.url)) as database:
            yield AccountStorage(SqlAccountRepository(database), SqlAuditTrail(database))


class TestSqlSessionStore(_OnEachDatabase, SessionStoreContract):
    @asynccontextmanager
    async def session_store(self) -> AsyncIterator[SqlSessionStore]:
        async with aclosing(Database(self.url)) as database:
            yield SqlSessionStore(database)


class TestSqlFailedSignIns(_OnEachDatabase, FailedSignInsContract):
    @asynccontextmanager
    async def failed_sign_ins(self) -> AsyncIterator[SqlFailedSignIns]:
        async with aclosing(Database(self.url)) as database:
            yield SqlFailedSignIns(database)


class TestFastPasswordHasher(PasswordHasherContract):
    def password_hasher(self) -> FastPasswordHasher:
        return FastPasswordHasher()

    def other_password_hasher(self) -> FastPasswordHasher:
        return FastPasswordHasher(2)


class TestArgon2PasswordHasher(PasswordHasherContract):
    def password_hasher(self) -> Argon2PasswordHasher:
        return Argon2PasswordHasher(memory_kib=64, passes=1)

    def other_password_hasher(self) -> Argon2PasswordHasher:
        return Argon2PasswordHasher(memory_kib=32, passes=1)
