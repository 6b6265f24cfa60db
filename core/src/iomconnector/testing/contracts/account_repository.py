"""The contract of :class:`~iomconnector.ports.account_repository.AccountRepository`."""

import asyncio
from abc import abstractmethod
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace

import pytest

from iomconnector.errors import NotFoundError
from iomconnector.model.accounts import Role
from iomconnector.model.audit import AuditEntry
from iomconnector.ports.account_repository import (
    AccountExistsError,
    AccountRepository,
    LastAdministratorError,
    StoredAccount,
)
from iomconnector.ports.audit_trail import AuditTrail
from iomconnector.testing.contracts.contract import Contract
from iomconnector.testing.samples import NOON

BETTER = "a better hash"


@dataclass(frozen=True, slots=True)
class AccountStorage:
    """Accounts, and the audit trail that tells of them."""

    accounts: AccountRepository
    audit: AuditTrail

    async def add(self, *accounts: StoredAccount) -> None:
        """Add accounts."""
        for account in accounts:
            await self.accounts.add(account, entry("account.added", account.name))

    async def told(self) -> list[str]:
        """What the trail tells of accounts, the first entry first."""
        entries = await self.audit.entries(topic="account")
        return [f"{each.subject} {each.action}" for each in reversed(entries)]


def account(name: str, role: Role = Role.OPERATOR, *, active: bool = True) -> StoredAccount:
    """An account for tests."""
    return StoredAccount(name, f"{name} Ångström", role, active, NOON, f"hash of {name}", 7)


def entry(action: str, name: str) -> AuditEntry:
    """An entry for tests."""
    return AuditEntry(NOON, "tester", action, name)


def changed(_before: StoredAccount, after: StoredAccount) -> AuditEntry:
    """Tells of every change."""
    return entry("account.changed", after.name)


class AccountRepositoryContract(Contract):
    """Promises of a repository of accounts."""

    @abstractmethod
    def account_storage(self) -> AbstractAsyncContextManager[AccountStorage]:
        """The repository to test, with the audit trail that it tells its changes."""

    async def test_an_account_is_found_as_it_was_added(self) -> None:
        async with self.account_storage() as storage:
            await storage.add(account("b"), account("a", Role.ADMINISTRATOR, active=False))
        async with self.account_storage() as storage:
            assert await storage.accounts.find("b") == account("b")
            assert await storage.accounts.find("B") is None
            names = [each.name for each in await storage.accounts.all()]
            assert names == ["a", "b"]
            assert await storage.told() == ["b account.added", "a account.added"]

    async def test_a_name_is_given_once(self) -> None:
        async with self.account_storage() as storage:
            await storage.add(account("a"))
            with pytest.raises(AccountExistsError, match="'a'"):
                await storage.add(account("a", Role.READ_ONLY))
            assert await storage.accounts.all() == [account("a")]
            assert await storage.told() == ["a account.added"]

    async def test_only_what_is_given_changes_and_what_ends_sessions_raises_the_generation(self) -> None:
        async with self.account_storage() as storage:
            await storage.add(account("a"))
            for change, generation in (
                ({"display_name": "Anna"}, 7),
                ({"role": Role.OPERATOR, "active": True, "password_hash": "hash of a"}, 7),
                ({"role": Role.READ_ONLY}, 8),
                ({"active": False}, 9),
                ({"password_hash": "another"}, 10),
            ):
                before = await storage.accounts.find("a")
                assert before is not None
                after = await storage.accounts.change("a", changed, **change)
                assert after == replace(before, **change, generation=generation)
                assert await storage.accounts.find("a") == after

    async def test_a_change_is_told_from_before_to_after_or_not_at_all(self) -> None:
        async with self.account_storage() as storage:
            await storage.add(account("a"))

            def note(before: StoredAccount, after: StoredAccount) -> AuditEntry:
                return entry(f"account.{before.role}-{after.role}", after.name)

            await storage.accounts.change("a", note, role=Role.READ_ONLY)
            await storage.accounts.change("a", lambda _before, _after: None, active=False)
            with pytest.raises(NotFoundError, match="'b'"):
                await storage.accounts.change("b", note, active=False)
            assert await storage.told() == ["a account.added", "a account.operator-read-only"]

    async def test_a_new_hash_of_the_same_password_ends_no_session(self) -> None:
        async with self.account_storage() as storage:
            await storage.add(account("a"))
            assert await storage.accounts.rehash("a", old="hash of a", new=BETTER)
            assert await storage.accounts.find("a") == replace(account("a"), password_hash=BETTER)
            assert not await storage.accounts.rehash("a", old="hash of a", new="late")
            assert not await storage.accounts.rehash("b", old="hash of a", new="late")
            assert await storage.accounts.find("a") == replace(account("a"), password_hash=BETTER)

    async def test_a_removed_account_is_gone_and_its_name_is_free(self) -> None:
        async with self.account_storage() as storage:
            await storage.add(account("a"))
            assert await storage.accounts.delete("a", entry("account.removed", "a"))
            assert await storage.accounts.find("a") is None
            assert not await storage.accounts.delete("a", entry("account.removed", "a"))
            await storage.add(account("a"))
            assert await storage.told() == ["a account.added", "a account.removed", "a account.added"]

    async def test_the_last_active_administrator_stays_one(self) -> None:
        async with self.account_storage() as storage:
            resting = account("resting", Role.ADMINISTRATOR, active=False)
            await storage.add(account("boss", Role.ADMINISTRATOR), resting, account("operator"))
            for change in ({"role": Role.OPERATOR}, {"active": False}):
                with pytest.raises(LastAdministratorError, match="boss"):
                    await storage.accounts.change("boss", changed, **change)
            with pytest.raises(LastAdministratorError, match="boss"):
                await storage.accounts.delete("boss", entry("account.removed", "boss"))
            assert await storage.accounts.find("boss") == account("boss", Role.ADMINISTRATOR)
            assert len(await storage.told()) == 3
            await storage.accounts.change("boss", changed, password_hash=BETTER, display_name="Boss")
            await storage.accounts.change("resting", changed, active=True)
            await storage.accounts.change("boss", changed, role=Role.OPERATOR)
            with pytest.raises(LastAdministratorError, match="resting"):
                await storage.accounts.delete("resting", entry("account.removed", "resting"))

    async def test_administrators_who_step_down_at_the_same_time_leave_one(self) -> None:
        names = [f"admin{number}" for number in range(5)]
        async with self.account_storage() as first, self.account_storage() as second:
            await first.add(*(account(name, Role.ADMINISTRATOR) for name in names))
            ended = await asyncio.gather(
                *(
                    storage.accounts.change(name, changed, active=False)
                    for name, storage in zip(names, (first, second) * 3, strict=False)
                ),
                return_exceptions=True,
            )
            assert [type(each) for each in ended].count(LastAdministratorError) == 1
            left = [each for each in await first.accounts.all() if each.active]
            assert len(left) == 1

    async def test_no_change_is_lost_among_others_at_the_same_time(self) -> None:
        async with self.account_storage() as first, self.account_storage() as second:
            await first.add(account("a"))
            await asyncio.gather(
                *(
                    storage.accounts.change("a", changed, password_hash=f"hash {number}")
                    for number, storage in enumerate((first, second) * 4)
                )
            )
            found = await second.accounts.find("a")
            assert found is not None
            assert found.generation == 7 + 8
