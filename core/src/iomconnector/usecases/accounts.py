"""Accounts: who may sign in, and what they may do."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from iomconnector.errors import NotFoundError
from iomconnector.model.accounts import (
    Account,
    Role,
    account_name,
    checked_display_name,
    checked_password,
    possible_name,
)
from iomconnector.model.audit import AuditEntry
from iomconnector.ports.account_repository import AccountRepository, StoredAccount
from iomconnector.ports.audit_trail import AuditTrail
from iomconnector.ports.clock import Clock
from iomconnector.ports.failed_sign_ins import FailedSignIns
from iomconnector.ports.password_hasher import PasswordHasher
from iomconnector.ports.session_store import SessionStore
from iomconnector.usecases.sign_in_keys import account_key, address_key, address_of

FIRST_GENERATIONS = 2**30


class Accounts:
    """Makes, changes and removes accounts.

    Each change names who made it (``by``) and is in the audit trail. A change of the password, the role or
    the activity ends every session of the account.
    """

    def __init__(
        self,
        repository: AccountRepository,
        sessions: SessionStore,
        failures: FailedSignIns,
        hasher: PasswordHasher,
        audit: AuditTrail,
        clock: Clock,
    ) -> None:
        self._repository = repository
        self._sessions = sessions
        self._failures = failures
        self._hasher = hasher
        self._audit = audit
        self._clock = clock

    async def all(self) -> Sequence[Account]:
        """Every account, by name, with the lock that it may have."""
        return await self._with_locks(await self._repository.all())

    async def get(self, name: str) -> Account:
        """One account, with the lock that it may have.

        Raises:
            NotFoundError: There is none of that name.
        """
        found = await self._repository.find(_known(name))
        if found is None:
            raise _unknown(name)
        [account] = await self._with_locks([found])
        return account

    async def add(self, name: str, password: str, role: Role, *, display_name: str = "", by: str) -> Account:
        """Make an account, active at once.

        Raises:
            AccountNameError: No account can have that name.
            PasswordRefusedError: The password is too easy to guess.
            AccountExistsError: There is an account of that name.
        """
        typed, name = name, account_name(name)
        account = StoredAccount(
            name=name,
            display_name=checked_display_name(display_name or typed),
            role=role,
            active=True,
            created_at=self._clock.now(),
            password_hash=await self._hasher.hash(checked_password(password, name=name)),
            generation=secrets.randbelow(FIRST_GENERATIONS),
        )
        added = {"role": (None, role.value), "display_name": (None, account.display_name)}
        await self._repository.add(account, self._entry(by, "account.added", name, added))
        return _account(account)

    async def set_password(self, name: str, password: str, *, by: str) -> None:
        """Give an account another password; its lock ends.

        Raises:
            NotFoundError: There is none of that name.
            PasswordRefusedError: The password is too easy to guess.
        """
        name = _known(name)
        hashed = await self._hasher.hash(checked_password(password, name=name))
        entry = self._entry(by, "account.password_changed", name)
        await self._changed(
            await self._repository.change(name, lambda _before, _after: entry, password_hash=hashed)
        )
        await self._failures.clear(account_key(name))

    async def set_role(self, name: str, role: Role, *, by: str) -> Account:
        """Change what somebody may do.

        Raises:
            NotFoundError: There is none of that name.
            LastAdministratorError: Nobody would be left who may change accounts.
        """

        def note(before: StoredAccount, after: StoredAccount) -> AuditEntry | None:
            changed = {"role": (before.role.value, after.role.value)}
            return (
                None
                if before.role is after.role
                else self._entry(by, "account.role_changed", after.name, changed)
            )

        return await self._changed(await self._repository.change(_known(name), note, role=role))

    async def rename(self, name: str, display_name: str, *, by: str) -> Account:
        """Change the name for people.

        Raises:
            NotFoundError: There is none of that name.
            AccountNameError: It has characters that cannot be seen.
        """
        name = _known(name)

        def note(before: StoredAccount, after: StoredAccount) -> AuditEntry | None:
            changed = {"display_name": (before.display_name, after.display_name)}
            return (
                None
                if len(set(changed["display_name"])) == 1
                else self._entry(by, "account.renamed", name, changed)
            )

        display_name = checked_display_name(display_name) or name
        return _account(await self._repository.change(name, note, display_name=display_name))

    async def activate(self, name: str, *, by: str) -> Account:
        """Let somebody sign in again.

        Raises:
            NotFoundError: There is none of that name.
        """
        return await self._set_active(name, True, by)

    async def deactivate(self, name: str, *, by: str) -> Account:
        """Let somebody sign in no more.

        Raises:
            NotFoundError: There is none of that name.
            LastAdministratorError: Nobody would be left who may change accounts.
        """
        return await self._set_active(name, False, by)

    async def unlock(self, name: str, *, by: str) -> bool:
        """End a lock and forget the failures that led to it.

        Returns:
            False where there was nothing to forget.

        Raises:
            NotFoundError: There is none of that name.
        """
        account = await self.get(name)
        cleared = await self._failures.clear(account_key(account.name))
        if cleared:
            until = account.locked_until.isoformat() if account.locked_until else None
            changed = {"locked_until": (until, None)}
            await self._audit.record(self._entry(by, "account.unlocked", account.name, changed))
        return cleared

    async def unlock_address(self, client: str, *, by: str) -> bool:
        """End the lock of an address, or of the network that counts as one with it.

        Returns:
            False where there was nothing to forget.
        """
        key = address_key(client)
        count = (await self._failures.counts([key])).get(key)
        cleared = await self._failures.clear(key)
        if cleared and count is not None:
            locked = count.locked_until is not None and count.locked(self._clock.now())
            until = count.locked_until.isoformat() if locked and count.locked_until else None
            changed = {"locked_until": (until, None)}
            await self._audit.record(self._entry(by, "address.unlocked", address_of(client), changed))
        return cleared

    async def remove(self, name: str, *, by: str) -> None:
        """Remove an account; what it did stays in the audit trail.

        Raises:
            NotFoundError: There is none of that name.
            LastAdministratorError: Nobody would be left who may change accounts.
        """
        name = _known(name)
        if not await self._repository.delete(name, self._entry(by, "account.removed", name)):
            raise _unknown(name)
        await self._sessions.delete_of(name)
        await self._failures.clear(account_key(name))

    async def _set_active(self, name: str, active: bool, by: str) -> Account:
        action = "account.activated" if active else "account.deactivated"

        def note(before: StoredAccount, after: StoredAccount) -> AuditEntry | None:
            return None if before.active is after.active else self._entry(by, action, after.name)

        return await self._changed(await self._repository.change(_known(name), note, active=active))

    async def _changed(self, after: StoredAccount) -> Account:
        await self._sessions.delete_of(after.name, older_than=after.generation)
        return _account(after)

    async def _with_locks(self, stored: Sequence[StoredAccount]) -> list[Account]:
        now = self._clock.now()
        counts = await self._failures.counts([account_key(each.name) for each in stored])
        accounts = []
        for each in stored:
            count = counts.get(account_key(each.name))
            locked = count.locked_until if count is not None and count.locked(now) else None
            accounts.append(replace(_account(each), locked_until=locked))
        return accounts

    def _entry(
        self, by: str, action: str, name: str, changes: Mapping[str, tuple[Any, Any]] | None = None
    ) -> AuditEntry:
        return AuditEntry(self._clock.now(), by, action, name, changes=changes or {})


def _account(stored: StoredAccount) -> Account:
    return Account(stored.name, stored.display_name, stored.role, stored.active, stored.created_at)


def _known(name: str) -> str:
    known = possible_name(name)
    if known is None:
        raise _unknown(name)
    return known


def _unknown(name: str) -> NotFoundError:
    return NotFoundError(
        f"There is no account named {name!r}.", hint="See `iomconnector account list`.", account=name
    )
