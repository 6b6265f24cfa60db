"""Accounts, sessions, failed sign-ins and quickly hashed passwords in memory."""

import hashlib
import hmac
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from iomconnector.errors import NotFoundError
from iomconnector.model.accounts import Role
from iomconnector.model.audit import AuditEntry
from iomconnector.model.lockout import FailureCount, LockoutRule
from iomconnector.ports.account_repository import (
    AccountExistsError,
    Note,
    StoredAccount,
    changed_account,
    keep_an_administrator,
)
from iomconnector.ports.failed_sign_ins import Attempt, attempt
from iomconnector.ports.session_store import StoredSession
from iomconnector.testing.memory.audit_trail import MemoryAuditTrail


class MemoryAccountRepository:
    """Implements :class:`~iomconnector.ports.account_repository.AccountRepository`.

    Arguments:
        audit: Where its changes are told.
    """

    def __init__(self, audit: MemoryAuditTrail) -> None:
        self._accounts: dict[str, StoredAccount] = {}
        self._audit = audit

    async def add(self, account: StoredAccount, entry: AuditEntry) -> None:
        """Add an account."""
        if account.name in self._accounts:
            raise AccountExistsError(f"There is an account named {account.name!r} already.")
        self._accounts[account.name] = account
        self._audit.append(entry)

    async def find(self, name: str) -> StoredAccount | None:
        """The account of that name, or none."""
        return self._accounts.get(name)

    async def all(self) -> Sequence[StoredAccount]:
        """Every account, by name."""
        return [self._accounts[name] for name in sorted(self._accounts)]

    async def change(
        self,
        name: str,
        note: Note,
        *,
        display_name: str | None = None,
        role: Role | None = None,
        active: bool | None = None,
        password_hash: str | None = None,
    ) -> StoredAccount:
        """Change what is given."""
        before = self._accounts.get(name)
        if before is None:
            raise NotFoundError(f"There is no account named {name!r}.", account=name)
        after = changed_account(before, display_name, role, active, password_hash)
        keep_an_administrator(self._administrators(), before, after)
        entry = note(before, after)
        self._accounts[name] = after
        self._audit.append(*([entry] if entry else []))
        return after

    async def rehash(self, name: str, *, old: str, new: str) -> bool:
        """Replace the hash of an unchanged password."""
        account = self._accounts.get(name)
        if account is None or account.password_hash != old:
            return False
        self._accounts[name] = replace(account, password_hash=new)
        return True

    async def delete(self, name: str, entry: AuditEntry) -> bool:
        """Remove an account."""
        account = self._accounts.get(name)
        if account is None:
            return False
        keep_an_administrator(self._administrators(), account, replace(account, active=False))
        del self._accounts[name]
        self._audit.append(entry)
        return True

    def _administrators(self) -> list[str]:
        return [
            each.name for each in self._accounts.values() if each.active and each.role is Role.ADMINISTRATOR
        ]


class MemorySessionStore:
    """Implements :class:`~iomconnector.ports.session_store.SessionStore`."""

    def __init__(self) -> None:
        self._sessions: dict[str, StoredSession] = {}

    async def save(self, session: StoredSession) -> None:
        """Add a session."""
        self._sessions[session.digest] = session

    async def find(self, digest: str) -> StoredSession | None:
        """The session of that digest, or none."""
        return self._sessions.get(digest)

    async def touch(self, digest: str, seen_at: datetime) -> None:
        """Note that it was used."""
        session = self._sessions.get(digest)
        if session is not None:
            self._sessions[digest] = replace(session, seen_at=max(seen_at, session.seen_at))

    async def delete(self, digest: str) -> bool:
        """End a session."""
        return self._sessions.pop(digest, None) is not None

    async def delete_of(self, account: str, *, older_than: int | None = None) -> int:
        """End the sessions of an account."""
        return self._remove(
            lambda each: each.account == account and (older_than is None or each.generation < older_than)
        )

    async def forget(self, *, seen_before: datetime, expired_at: datetime) -> int:
        """Remove sessions that are over."""
        return self._remove(lambda each: each.seen_at < seen_before or each.expires_at <= expired_at)

    def _remove(self, over: Callable[[StoredSession], bool]) -> int:
        gone = [digest for digest, each in self._sessions.items() if over(each)]
        for digest in gone:
            del self._sessions[digest]
        return len(gone)


class MemoryFailedSignIns:
    """Implements :class:`~iomconnector.ports.failed_sign_ins.FailedSignIns`."""

    def __init__(self) -> None:
        self._counts: dict[str, FailureCount] = {}

    async def begin(self, key: str, rule: LockoutRule, now: datetime) -> Attempt:
        """Count an attempt before it is made."""
        made = attempt(self._counts.get(key, FailureCount()), rule, now)
        self._counts[key] = made.count
        return made

    async def take_back(self, key: str, rule: LockoutRule, now: datetime) -> None:
        """Count an attempt no more."""
        if key in self._counts:
            self._counts[key] = self._counts[key].take_back(rule, now)

    async def clear(self, key: str) -> bool:
        """Forget everything of a key."""
        return self._counts.pop(key, None) is not None

    async def counts(self, keys: Collection[str]) -> Mapping[str, FailureCount]:
        """What is remembered of the keys."""
        return {key: self._counts[key] for key in keys if key in self._counts}

    async def forget(self, before: datetime) -> int:
        """Remove what was last counted, and locked at most, before a time."""
        old = [
            key
            for key, count in self._counts.items()
            if all(moment is None or moment < before for moment in (count.last_at, count.locked_until))
        ]
        for key in old:
            del self._counts[key]
        return len(old)


class FastPasswordHasher:
    """Implements :class:`~iomconnector.ports.password_hasher.PasswordHasher`, at no cost and without safety:
    for tests alone.

    Arguments:
        version: Hashes of another version are outdated.

    Attributes:
        verified: How many passwords were verified, against a hash or against none.
    """

    def __init__(self, version: int = 1) -> None:
        self._version = version
        self._made = 0
        self.verified = 0

    async def hash(self, password: str) -> str:
        """A salted hash."""
        self._made += 1
        return f"{self._version}${self._made}${_digest(password, self._made)}"

    async def verify(self, password: str, hashed: str | None) -> bool:
        """Whether it is the password of a hash."""
        self.verified += 1
        _, salt, content = (hashed or "0$0$").split("$")
        return hmac.compare_digest(_digest(password, int(salt)), content)

    def outdated(self, hashed: str) -> bool:
        """Whether a hash is of another version."""
        return not hashed.startswith(f"{self._version}$")


def _digest(password: str, salt: int) -> str:
    return hashlib.sha256(f"{salt} {password}".encode()).hexdigest()
