"""Sessions of whomever: opened, recognized by their token, and ended. Only digests of tokens are stored."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final, Protocol, TypeVar

from iomconnector.ports.clock import Clock
from iomconnector.ports.session_store import SessionStore, StoredSession

TOKEN_BYTES: Final = 32
NOTED_EVERY: Final = timedelta(minutes=1)
"""So often, at most, the use of a session is noted; a session may end that much earlier than it should."""


class SessionOwner(Protocol):
    """Somebody who may have sessions."""

    @property
    def active(self) -> bool:
        """Whether they may sign in at all."""
        ...

    @property
    def generation(self) -> int:
        """Sessions of another one are worth nothing."""
        ...


Owner = TypeVar("Owner", bound=SessionOwner)


class KeptSessions:
    """The sessions of one kind of people.

    Arguments:
        store: Where they are kept.
        clock: Tells the time.
        idle: A session ends when it was not used for so long.
        longest: A session ends so long after the sign-in, however much it is used.
    """

    def __init__(self, store: SessionStore, clock: Clock, *, idle: timedelta, longest: timedelta) -> None:
        self._store = store
        self._clock = clock
        self._idle = idle
        self._longest = longest

    async def open(self, account: str, generation: int, *, scope: str = "") -> tuple[str, datetime]:
        """Open a session.

        Arguments:
            account: Whose.
            generation: That of the account now.
            scope: Where alone its token is recognized.

        Returns:
            A token that nobody had before, and when the session ends unless it is used before.
        """
        now = self._clock.now()
        token = secrets.token_urlsafe(TOKEN_BYTES)
        session = StoredSession(
            digest=digest_of_token(token, scope),
            account=account,
            generation=generation,
            signed_in_at=now,
            seen_at=now,
            expires_at=now + self._longest,
        )
        await self._store.save(session)
        return token, self._end(session, now)

    async def recognize(
        self, token: str, find: Callable[[str], Awaitable[Owner | None]], *, scope: str = ""
    ) -> tuple[Owner, datetime] | None:
        """Whose session it is, and when it ends now that it was used; none where it is nobody's or is over.

        Arguments:
            token: What the browser showed.
            find: Who has an account, by what it was opened for.
            scope: Where it is shown.
        """
        session = await self._store.find(digest_of_token(token, scope)) if token else None
        if session is None:
            return None
        owner = await find(session.account)
        now = self._clock.now()
        if (
            owner is None
            or not owner.active
            or owner.generation != session.generation
            or now >= self._end(session, session.seen_at)
        ):
            await self._store.delete(session.digest)
            return None
        if now - session.seen_at >= min(NOTED_EVERY, self._idle / 10):
            await self._store.touch(session.digest, now)
        return owner, self._end(session, now)

    async def close(self, token: str, *, scope: str = "") -> str | None:
        """End a session; whose it was, or none where it was over already."""
        if not token:
            return None
        digest = digest_of_token(token, scope)
        session = await self._store.find(digest)
        if session is None or not await self._store.delete(digest):
            return None
        return session.account

    async def forget_what_is_over(self) -> None:
        """Remove sessions that are over."""
        now = self._clock.now()
        await self._store.forget(seen_before=now - self._idle, expired_at=now)

    def _end(self, session: StoredSession, seen_at: datetime) -> datetime:
        return min(session.expires_at, seen_at + self._idle)


def digest_of_token(token: str, scope: str = "") -> str:
    """Under what a token is stored; the same token has another digest in each scope, so that a token of one
    is not even found in another."""
    scoped = f"{len(scope)} {scope} {token}" if scope else token
    return hashlib.sha256(scoped.encode("utf-8", "replace")).hexdigest()


def csrf_token_of(secret: str) -> str:
    """The token that belongs into the forms of who holds a secret; the secret cannot be computed from it."""
    digest = hmac.new(secret.encode("utf-8", "replace"), b"iomconnector csrf", hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
