"""The contract of :class:`~iomconnector.ports.customer_user_repository.CustomerUserRepository`."""

import asyncio
from abc import abstractmethod
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from iomconnector.errors import NotFoundError
from iomconnector.model.audit import AuditEntry
from iomconnector.model.customer_users import CustomerUser, CustomerUserChange, CustomerUserRefusedError
from iomconnector.model.values import ChannelId
from iomconnector.ports.audit_trail import AuditTrail
from iomconnector.ports.customer_user_repository import (
    CustomerUserExistsError,
    CustomerUserRepository,
    StoredCustomerUser,
)
from iomconnector.testing.contracts.contract import Contract
from iomconnector.testing.samples import CHANNEL, NOON, OTHER_CHANNEL


@dataclass(frozen=True, slots=True)
class CustomerUserStorage:
    """Users of customers, and the audit trail that tells of them. There are the sample contexts."""

    users: CustomerUserRepository
    audit: AuditTrail

    async def add(self, *users: StoredCustomerUser) -> None:
        """Add users."""
        for user in users:
            await self.users.add(user, _entry("customer.registered", user))

    async def told(self) -> list[str]:
        """What the trail tells of users, the first entry first."""
        entries = await self.audit.entries(topic="customer")
        return [f"{each.subject} {each.action}" for each in reversed(entries)]


def _user(login: str, customer: str = "", *, channel: str = CHANNEL, **fields: Any) -> StoredCustomerUser:
    user = CustomerUser(
        channel=ChannelId(channel),
        login=login,
        customer=customer or f"number of {login}",
        business=False,
        company="",
        first_name="Änne",
        last_name="Ångström",
        email=f"{login}@example.com",
        sees_all_orders=False,
        active=True,
        created_at=NOON,
        language="de",
    )
    return StoredCustomerUser(replace(user, **fields), f"hash of {login}", 7)


def _buyer(login: str, customer: str = "2001", **fields: Any) -> StoredCustomerUser:
    return _user(login, customer, business=True, company="OilCorp", **fields)


def _entry(action: str, user: StoredCustomerUser) -> AuditEntry:
    return AuditEntry(NOON, "tester", action, user.user.login, context=user.user.channel)


def _changed(_before: StoredCustomerUser, after: StoredCustomerUser) -> AuditEntry:
    return _entry("customer.changed", after)


class CustomerUserRepositoryContract(Contract):
    """Promises of a repository of users of customers."""

    @abstractmethod
    def customer_user_storage(self) -> AbstractAsyncContextManager[CustomerUserStorage]:
        """The repository to test, with the audit trail that it tells its changes."""

    async def test_a_user_is_found_as_added_in_its_channel_alone(self) -> None:
        async with self.customer_user_storage() as storage:
            await storage.add(_user("anna"), _user("anna", "other", channel=OTHER_CHANNEL), _buyer("bea"))
        async with self.customer_user_storage() as storage:
            assert await storage.users.find(CHANNEL, "anna") == _user("anna")
            assert await storage.users.find(OTHER_CHANNEL, "anna") == _user(
                "anna", "other", channel=OTHER_CHANNEL
            )
            assert await storage.users.find(OTHER_CHANNEL, "bea") is None
            assert await storage.users.find(CHANNEL, "Anna") is None
            assert await storage.told() == ["anna customer.registered"] * 2 + ["bea customer.registered"]

    async def test_users_come_by_channel_and_login(self) -> None:
        async with self.customer_user_storage() as storage:
            for user in (_buyer("c"), _buyer("a"), _user("b"), _user("a", channel=OTHER_CHANNEL)):
                await storage.add(user)

            async def logins(**conditions: Any) -> list[str]:
                return [each.user.login for each in await storage.users.users(**conditions)]

            assert await logins() == ["a", "b", "c", "a"]
            assert await logins(channel=CHANNEL) == ["a", "b", "c"]
            assert await logins(customer="2001") == ["a", "c"]
            assert await logins(channel=OTHER_CHANNEL, customer="2001") == []
            assert await logins(limit=2) == ["a", "b"]

    async def test_a_login_is_given_once_in_a_channel(self) -> None:
        async with self.customer_user_storage() as storage:
            await storage.add(_user("anna"))
            with pytest.raises(CustomerUserExistsError, match="anna"):
                await storage.add(_user("anna", "another number"))
            assert await storage.users.find(CHANNEL, "anna") == _user("anna")
            assert await storage.told() == ["anna customer.registered"]

    async def test_a_private_customer_has_one_user_and_a_company_many(self) -> None:
        async with self.customer_user_storage() as storage:
            await storage.add(_user("anna", "1001"), _buyer("bea"), _buyer("carl"))
            for misfit in (_user("anne", "1001"), _buyer("bob", "1001"), _user("dora", "2001")):
                with pytest.raises(CustomerUserRefusedError):
                    await storage.add(misfit)
                assert await storage.users.find(CHANNEL, misfit.user.login) is None
            elsewhere = _user("anne", "1001", channel=OTHER_CHANNEL)
            await storage.add(elsewhere)
            assert await storage.users.find(OTHER_CHANNEL, "anne") == elsewhere

    async def test_there_are_no_users_without_a_channel(self) -> None:
        async with self.customer_user_storage() as storage:
            with pytest.raises(NotFoundError, match="nowhere"):
                await storage.add(_user("anna", channel="nowhere"))
            assert await storage.told() == []

    async def test_a_change_of_password_or_activity_raises_the_generation(self) -> None:
        async with self.customer_user_storage() as storage:
            await storage.add(_user("anna"))

            async def change(password_hash: str | None = None, **fields: Any) -> StoredCustomerUser:
                return await storage.users.change(
                    CHANNEL, "anna", CustomerUserChange(**fields), _changed, password_hash=password_hash
                )

            assert (await change(language="en", email="anna@example.org")).generation == 7
            assert (await change(active=True)).generation == 7
            assert (await change(active=False)).generation == 8
            assert (await change("a better hash")).generation == 9
            assert (await change("a better hash")).generation == 9
            found = await storage.users.find(CHANNEL, "anna")
            assert found is not None
            assert (found.user.language, found.user.email, found.active) == ("en", "anna@example.org", False)
            assert found.password_hash == "a better hash"  # noqa: S105
            assert (await storage.told()).count("anna customer.changed") == 5

    async def test_a_change_that_cannot_be_changes_nothing(self) -> None:
        async with self.customer_user_storage() as storage:
            await storage.add(_user("anna"))
            with pytest.raises(CustomerUserRefusedError):
                await storage.users.change(
                    CHANNEL, "anna", CustomerUserChange(active=False, email="nowhere"), _changed
                )
            with pytest.raises(NotFoundError):
                await storage.users.change(CHANNEL, "nobody", CustomerUserChange(active=False), _changed)
            assert await storage.users.find(CHANNEL, "anna") == _user("anna")
            assert await storage.told() == ["anna customer.registered"]

    async def test_a_hash_is_replaced_where_it_is_the_old_one(self) -> None:
        async with self.customer_user_storage() as storage:
            await storage.add(_user("anna"))
            assert not await storage.users.rehash(CHANNEL, "anna", old="another", new="new")
            assert not await storage.users.rehash(OTHER_CHANNEL, "anna", old="hash of anna", new="new")
            assert await storage.users.rehash(CHANNEL, "anna", old="hash of anna", new="new")
            found = await storage.users.find(CHANNEL, "anna")
            assert found == replace(_user("anna"), password_hash="new")  # noqa: S106

    async def test_of_many_that_take_one_login_at_a_time_one_gets_it(self) -> None:
        async with self.customer_user_storage() as storage:
            taken = await asyncio.gather(
                *(storage.add(_user("anna", f"100{number}")) for number in range(4)), return_exceptions=True
            )
            assert sum(each is None for each in taken) == 1
            assert all(each is None or isinstance(each, CustomerUserExistsError) for each in taken)
            assert len(await storage.users.users()) == 1

    async def test_an_erased_user_is_gone_and_named_nowhere(self) -> None:
        async with self.customer_user_storage() as storage:
            await storage.add(
                _user("anna", "1"), _user("berta", "2"), _user("anna", "3", channel=OTHER_CHANNEL)
            )
            assert await storage.users.erase(CHANNEL, "anna", by="operator", at=NOON)
            assert not await storage.users.erase(CHANNEL, "anna", by="operator", at=NOON)
            assert await storage.users.find(CHANNEL, "anna") is None
            left = {(each.user.channel, each.user.login) for each in await storage.users.users()}
            assert left == {(CHANNEL, "berta"), (OTHER_CHANNEL, "anna")}
            here = await storage.audit.entries(context=CHANNEL)
            assert "anna" not in str([(each.by, each.subject, each.changes) for each in here])
            assert sorted(each.action for each in here) == [
                "customer.erased",
                "customer.registered",
                "customer.registered",
            ]
            assert any(each.subject == "anna" for each in await storage.audit.entries(context=OTHER_CHANNEL))

    async def test_what_bears_the_name_of_an_erased_user_by_chance_is_still_told(self) -> None:
        async with self.customer_user_storage() as storage:
            await storage.add(_user("anna"))
            await storage.audit.record(AuditEntry(NOON, "anna", "service.changed", "anna", context=CHANNEL))
            await storage.users.erase(CHANNEL, "anna", by="operator", at=NOON)
            [entry] = await storage.audit.entries(topic="service")
            assert (entry.by, entry.subject) == ("anna", "anna")
