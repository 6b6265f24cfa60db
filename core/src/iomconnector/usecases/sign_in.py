"""Signing in: who somebody is, from the password to the end of the session."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from iomconnector.errors import ConnectorError
from iomconnector.model.accounts import Account, normalized_name, normalized_password, possible_name
from iomconnector.model.audit import AuditEntry
from iomconnector.model.lockout import MEMORY, LockoutRule
from iomconnector.ports.account_repository import AccountRepository, StoredAccount
from iomconnector.ports.audit_trail import AuditTrail
from iomconnector.ports.clock import Clock
from iomconnector.ports.failed_sign_ins import Attempt, FailedSignIns
from iomconnector.ports.password_hasher import PasswordHasher
from iomconnector.ports.session_store import SessionStore, StoredSession
from iomconnector.usecases.sign_in_keys import account_key, address_key, address_of, shown

SIGN_IN: Final = "sign-in"
"""Who locks, in the audit trail."""
NO_ACCOUNT: Final = "(no account of that name)"
"""Stands in the audit trail for a name that no account has: it may be a password in the wrong field."""
TOKEN_BYTES: Final = 32
NOTED_EVERY = timedelta(minutes=1)
"""So often, at most, the use of a session is noted; a session may end that much earlier than it should."""


class SignInRefusedError(ConnectorError):
    """Name and password do not belong together, or there were too many attempts: it is never said which."""

    code = "sign_in.refused"


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
        self._sessions = sessions
        self._failures = failures
        self._hasher = hasher
        self._audit = audit
        self._clock = clock
        self._rules = rules

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
        account = await self._proven(name, password, client)
        now = self._clock.now()
        token = secrets.token_urlsafe(TOKEN_BYTES)
        session = StoredSession(
            digest=_digest(token),
            account=account.name,
            generation=account.generation,
            signed_in_at=now,
            seen_at=now,
            expires_at=now + self._rules.longest,
        )
        await self._sessions.save(session)
        await self.sign_out(replacing)
        await self.forget_what_is_over()
        await self._note("session.opened", account.name, {"address": (None, shown(client))})
        return self._session(token, session, account)

    async def confirm(self, name: str, password: str, *, client: str) -> None:
        """Prove again that somebody who is signed in knows the password, before something grave.

        Raises:
            SignInRefusedError: As when signing in; failures count together with those.
        """
        await self._proven(name, password, client)

    async def recognize(self, token: str) -> Session | None:
        """Whose session it is, and that it was used now; none where it is nobody's or is over."""
        if not token:
            return None
        session = await self._sessions.find(_digest(token))
        if session is None:
            return None
        account = await self._accounts.find(session.account)
        now = self._clock.now()
        if (
            account is None
            or not account.active
            or account.generation != session.generation
            or now >= min(session.expires_at, session.seen_at + self._rules.idle)
        ):
            await self._sessions.delete(session.digest)
            return None
        if now - session.seen_at >= min(NOTED_EVERY, self._rules.idle / 10):
            await self._sessions.touch(session.digest, now)
        return self._session(token, session, account, seen_at=now)

    async def sign_out(self, token: str) -> None:
        """End a session; one that is over already stays so."""
        if not token:
            return
        digest = _digest(token)
        session = await self._sessions.find(digest)
        if session is not None and await self._sessions.delete(digest):
            await self._note("session.closed", session.account)

    async def forget_what_is_over(self) -> None:
        """Remove sessions that are over, and failed sign-ins that count no more."""
        now = self._clock.now()
        await self._sessions.forget(seen_before=now - self._rules.idle, expired_at=now)
        await self._failures.forget(now - MEMORY)

    async def _proven(self, name: str, password: str, client: str) -> StoredAccount:
        await self._count_for_address(client)
        allowed = await self._count_for_account(name, client)
        account = await self._find(name)
        known = account is not None and account.active and allowed
        typed = normalized_password(password)
        right = await self._hasher.verify(
            typed or "", account.password_hash if known and account and typed else None
        )
        if not right or account is None:
            raise _refused()
        await self._failures.take_back(address_key(client), self._rules.address, self._clock.now())
        await self._failures.clear(account_key(account.name))
        if typed and self._hasher.outdated(account.password_hash):
            new = await self._hasher.hash(typed)
            await self._accounts.rehash(account.name, old=account.password_hash, new=new)
        return account

    async def _count_for_address(self, client: str) -> None:
        attempt = await self._failures.begin(address_key(client), self._rules.address, self._clock.now())
        if attempt.locks:
            await self._note_lock("address.locked", address_of(client), attempt, client)
        if not attempt.allowed:
            raise _refused()

    async def _count_for_account(self, name: str, client: str) -> bool:
        attempt = await self._failures.begin(
            account_key(normalized_name(name)), self._rules.account, self._clock.now()
        )
        if attempt.locks:
            account = await self._find(name)
            subject = account.name if account is not None else NO_ACCOUNT
            await self._note_lock("account.locked", subject, attempt, client)
        return attempt.allowed

    async def _find(self, name: str) -> StoredAccount | None:
        known = possible_name(name)
        return None if known is None else await self._accounts.find(known)

    async def _note_lock(self, action: str, subject: str, attempt: Attempt, client: str) -> None:
        until = attempt.count.locked_until.isoformat() if attempt.count.locked_until else None
        changes = {"locked_until": (None, until), "address": (None, shown(client))}
        await self._audit.record(AuditEntry(self._clock.now(), SIGN_IN, action, subject, changes=changes))

    async def _note(
        self, action: str, name: str, changes: Mapping[str, tuple[Any, Any]] | None = None
    ) -> None:
        await self._audit.record(AuditEntry(self._clock.now(), name, action, name, changes=changes or {}))

    def _session(
        self, token: str, session: StoredSession, account: StoredAccount, *, seen_at: datetime | None = None
    ) -> Session:
        return Session(
            token=token,
            csrf_token=csrf_token_of(token),
            account=Account(
                account.name, account.display_name, account.role, account.active, account.created_at
            ),
            expires_at=min(session.expires_at, (seen_at or session.seen_at) + self._rules.idle),
        )


def csrf_token_of(secret: str) -> str:
    """The token that belongs into the forms of who holds a secret; the secret cannot be computed from it."""
    digest = hmac.new(secret.encode("utf-8", "replace"), b"iomconnector csrf", hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _refused() -> SignInRefusedError:
    return SignInRefusedError(
        "This name and password do not open an account now.",
        hint="Check both. After several failures nobody is let in for a while: then wait, or ask an "
        "administrator.",
    )
