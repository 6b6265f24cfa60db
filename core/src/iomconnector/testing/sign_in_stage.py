"""Signing in, played through in memory with a clock that stands until it is moved."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from iomconnector.model.accounts import Account, Role
from iomconnector.model.lockout import LockoutRule
from iomconnector.testing.memory import (
    FastPasswordHasher,
    ManualClock,
    MemoryAccountRepository,
    MemoryAuditTrail,
    MemoryFailedSignIns,
    MemorySessionStore,
)
from iomconnector.usecases.accounts import Accounts
from iomconnector.usecases.password_proof import SignInRefusedError
from iomconnector.usecases.sign_in import Session, SignIn, SignInRules

PASSWORD: Final = "a good long password"  # noqa: S105 - of accounts for tests
WRONG: Final = "a wrong long password"

MINUTE: Final = timedelta(minutes=1)


def rules(*, account: int = 5, address: int = 20) -> SignInRules:
    """The rules that the settings have by default.

    Arguments:
        account: So many failures lock an account.
        address: So many failures lock an address.
    """

    def lockout(failures: int) -> LockoutRule:
        return LockoutRule(failures, window=15 * MINUTE, first_lock=MINUTE, longest_lock=60 * MINUTE)

    return SignInRules(
        idle=30 * MINUTE, longest=timedelta(hours=12), account=lockout(account), address=lockout(address)
    )


class SignInStage:
    """Accounts and sign-in on adapters in memory.

    Arguments:
        sign_in_rules: How long sessions live and when failures lock.
    """

    def __init__(self, sign_in_rules: SignInRules | None = None) -> None:
        self.clock = ManualClock()
        self.audit = MemoryAuditTrail()
        self.repository = MemoryAccountRepository(self.audit)
        self.sessions = MemorySessionStore()
        self.failures = MemoryFailedSignIns()
        self.hasher = FastPasswordHasher()
        self.accounts = Accounts(
            self.repository, self.sessions, self.failures, self.hasher, self.audit, self.clock
        )
        self.rules = sign_in_rules or rules()
        self.signing = self.sign_in_with(self.hasher)

    def sign_in_with(self, hasher: FastPasswordHasher) -> SignIn:
        """Another process that signs in on the same storage, with a hasher of its own."""
        return SignIn(
            self.repository, self.sessions, self.failures, hasher, self.audit, self.clock, self.rules
        )

    async def with_account(self, name: str, role: Role = Role.OPERATOR) -> Account:
        """Make an account with the password of the stage."""
        return await self.accounts.add(name, PASSWORD, role, by="stage")

    async def sign_in(
        self, name: str, password: str = PASSWORD, *, client: str = "192.0.2.1", replacing: str = ""
    ) -> Session:
        """Sign in, from one address where none is given.

        Raises:
            SignInRefusedError: As :meth:`~iomconnector.usecases.sign_in.SignIn.sign_in`.
        """
        return await self.signing.sign_in(name, password, client=client, replacing=replacing)

    async def fail(self, name: str, times: int = 1, *, client: str = "192.0.2.1") -> None:
        """Try a wrong password; it has to be refused."""
        for _ in range(times):
            try:
                await self.sign_in(name, WRONG, client=client)
            except SignInRefusedError:
                continue
            raise AssertionError(f"{name} was let in with a wrong password")

    async def told(self) -> list[tuple[str, str, str, Mapping[str, tuple[Any, Any]]]]:
        """What the audit trail tells, the first entry first: who, what, of whom, and the changes."""
        entries = await self.audit.entries(limit=10_000)
        return [(each.by, each.action, each.subject, dict(each.changes)) for each in reversed(entries)]

    @staticmethod
    def digest(session: Session) -> str:
        """Under what the session is stored."""
        return hashlib.sha256(session.token.encode()).hexdigest()
