"""Signing in: who somebody is, from the password to the end of the session."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from iomconnector.model.accounts import Account
from iomconnector.model.audit import AuditEntry
from iomconnector.model.lockout import MEMORY, LockoutRule
from iomconnector.ports.account_repository import AccountRepository, StoredAccount
from iomconnector.ports.audit_trail import AuditTrail
from iomconnector.ports.clock import Clock
from iomconnector.ports.failed_sign_ins import FailedSignIns
from iomconnector.ports.password_hasher import PasswordHasher
from iomconnector.ports.session_store import SessionStore
from iomconnector.usecases.kept_sessions import KeptSessions, csrf_token_of
from iomconnector.usecases.password_proof import PasswordProof, Realm
from iomconnector.usecases.sign_in_keys import account_key, address_key, shown


@dataclass(frozen=True, slots=True)
class SignInRules:
    """How long sessions live and when repeated failures lock.

    Arguments:
        idle: A session ends when it was not used for so long.
        longest: A session ends so long after the sign-in, however much it is used.
        account: When an account is locked.
        address: When the address of a client is locked.
    """

    idle: timedelta
    longest: timedelta
    account: LockoutRule
    address: LockoutRule


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is signed in.

    Arguments:
        token: What the browser shows to be recognized; known here and in the browser only.
        csrf_token: What each form of the session carries; follows from the token.
        account: Who it is.
        expires_at: When the session ends unless it is used before.
    """

    token: str = field(repr=False)
    csrf_token: str = field(repr=False)
    account: Account
    expires_at: datetime


class SignIn:
    """Opens, recognizes and ends sessions."""

    def __init__(
        self,
        accounts: AccountRepository,
        sessions: SessionStore,
        failures: FailedSignIns,
        hasher: PasswordHasher,
        audit: AuditTrail,
        clock: Clock,
        rules: SignInRules,
    ) -> None:
        self._accounts = accounts
        self._sessions = KeptSessions(sessions, clock, idle=rules.idle, longest=rules.longest)
        self._failures = failures
        self._proof = PasswordProof(
            failures, hasher, audit, clock, account=rules.account, address=rules.address
        )
        self._audit = audit
        self._clock = clock
        self._realm: Realm[StoredAccount] = Realm(
            find=accounts.find,
            rehash=self._rehash,
            name_of=lambda account: account.name,
            account_key=account_key,
            address_key=address_key,
            topic="account",
            address_topic="address",
        )

    async def sign_in(self, name: str, password: str, *, client: str, replacing: str = "") -> Session:
        """Open a session, with a token that nobody had before.

        Arguments:
            name: As it was typed.
            password: As it was typed.
            client: The address from which it was sent.
            replacing: The token of the session that the browser had; it ends.

        Raises:
            SignInRefusedError: Name and password do not belong together, the account is not active, or it or
                the address is locked. The message is always the same, and so is the time that it takes unless
                the address is locked.
        """
        account = await self._proof.owner(self._realm, name, password, client=client)
        token, expires_at = await self._sessions.open(account.name, account.generation)
        await self.sign_out(replacing)
        await self.forget_what_is_over()
        await self._note("session.opened", account.name, {"address": (None, shown(client))})
        return _session(token, account, expires_at)

    async def confirm(self, name: str, password: str, *, client: str) -> None:
        """Prove again that somebody who is signed in knows the password, before something grave.

        Raises:
            SignInRefusedError: As when signing in; failures count together with those.
        """
        await self._proof.owner(self._realm, name, password, client=client)

    async def recognize(self, token: str) -> Session | None:
        """Whose session it is, and that it was used now; none where it is nobody's or is over."""
        recognized = await self._sessions.recognize(token, self._accounts.find)
        return None if recognized is None else _session(token, *recognized)

    async def sign_out(self, token: str) -> None:
        """End a session; one that is over already stays so."""
        account = await self._sessions.close(token)
        if account is not None:
            await self._note("session.closed", account)

    async def forget_what_is_over(self) -> None:
        """Remove sessions that are over, and failed sign-ins that count no more."""
        await self._sessions.forget_what_is_over()
        await self._failures.forget(self._clock.now() - MEMORY)

    async def _rehash(self, account: StoredAccount, new: str) -> bool:
        return await self._accounts.rehash(account.name, old=account.password_hash, new=new)

    async def _note(
        self, action: str, name: str, changes: Mapping[str, tuple[Any, Any]] | None = None
    ) -> None:
        await self._audit.record(AuditEntry(self._clock.now(), name, action, name, changes=changes or {}))


def _session(token: str, account: StoredAccount, expires_at: datetime) -> Session:
    return Session(
        token=token,
        csrf_token=csrf_token_of(token),
        account=Account(account.name, account.display_name, account.role, account.active, account.created_at),
        expires_at=expires_at,
    )
