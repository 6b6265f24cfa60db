"""Tokens by which storefront programs act for the users of customers."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from iomconnector.errors import ConnectorError
from iomconnector.model.audit import AuditEntry
from iomconnector.model.customer_users import CustomerUser, owner_key, owner_of
from iomconnector.ports.audit_trail import AuditTrail
from iomconnector.ports.clock import Clock
from iomconnector.ports.customer_token_store import CustomerTokenStore, StoredCustomerToken, TokenKind
from iomconnector.ports.customer_user_repository import CustomerUserRepository, StoredCustomerUser
from iomconnector.usecases.customer_sign_in import CustomerSignIn
from iomconnector.usecases.kept_sessions import TOKEN_BYTES, digest_of_token

LONGEST_TOKEN: Final = 200
REUSED: Final = "customer_token.reused"
"""In the audit trail: a refresh token was used a second time."""


class RefreshRefusedError(ConnectorError):
    """A refresh token that nobody has, that is over, or that was used before: it is never said which."""

    code = "customer_token.refresh_refused"


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What a program gets for a password, or for a refresh token.

    Arguments:
        access: Recognized with each request.
        refresh: Good for one exchange.
        access_seconds: For how long the first is good.
        refresh_seconds: For how long the second is good.
        user: Whose they are.
    """

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    access_seconds: int
    refresh_seconds: int
    user: CustomerUser


class CustomerTokens:
    """Gives, exchanges and recognizes tokens. Only their digests are stored. A token means nothing in another
    channel. A refresh token that is used twice was stolen once: all tokens of its family end then.

    Arguments:
        users: Who may have tokens.
        store: Where they are kept.
        sign_in: Proves passwords.
        audit: Is told of refresh tokens that are used twice.
        clock: Tells the time.
        access: How long an access token is good.
        refresh: How long after the proof of the password tokens can be exchanged.
    """

    def __init__(
        self,
        users: CustomerUserRepository,
        store: CustomerTokenStore,
        sign_in: CustomerSignIn,
        audit: AuditTrail,
        clock: Clock,
        *,
        access: timedelta,
        refresh: timedelta,
    ) -> None:
        self._users = users
        self._store = store
        self._sign_in = sign_in
        self._audit = audit
        self._clock = clock
        self._access = access
        self._refresh = refresh

    async def issue(self, channel: str, login: str, password: str, *, client: str) -> TokenPair:
        """Give tokens for a password.

        Arguments:
            channel: The channel.
            login: As it was typed.
            password: As it was typed.
            client: The address from which it was sent.

        Raises:
            SignInRefusedError: As for signing in.
        """
        owner = await self._sign_in.prove(channel, login, password, client=client)
        await self._store.forget(self._clock.now())
        end = self._clock.now() + self._refresh
        pair, stored = self._made(channel, owner, secrets.token_hex(16), end=end)
        await self._store.save(stored)
        return pair

    async def exchange(self, channel: str, refresh_token: str) -> TokenPair:
        """Give new tokens for a refresh token, which is spent then.

        Raises:
            RefreshRefusedError: It cannot be exchanged.
        """
        token = await self._valid(channel, refresh_token, TokenKind.REFRESH)
        owner = await self._owner(token) if token else None
        if token is None or owner is None:
            raise _refused()
        pair, stored = self._made(channel, owner, token.family, end=token.expires_at)
        if not await self._store.exchange(token.digest, self._clock.now(), stored):
            await self._store.delete_family(token.family)
            await self._audit.record(
                AuditEntry(self._clock.now(), owner.user.login, REUSED, owner.user.login, context=channel)
            )
            raise _refused()
        return pair

    async def recognize(self, channel: str, access_token: str) -> CustomerUser | None:
        """Whose token it is; none where it is nobody's in that channel, or is over."""
        token = await self._valid(channel, access_token, TokenKind.ACCESS)
        owner = await self._owner(token) if token else None
        return owner.shown if owner else None

    async def revoke(self, channel: str, token: str) -> None:
        """End all tokens of the family of a token; one that is nobody's stays so."""
        found = await self._store.find(digest_of_token(token, channel)) if token else None
        if found is not None:
            await self._store.delete_family(found.family)

    async def forget_what_is_over(self) -> None:
        """Remove tokens that are worth nothing any more."""
        await self._store.forget(self._clock.now())

    async def _valid(self, channel: str, token: str, kind: TokenKind) -> StoredCustomerToken | None:
        if not 0 < len(token) <= LONGEST_TOKEN:
            return None
        found = await self._store.find(digest_of_token(token, channel))
        if found is None or found.kind is not kind or found.expires_at <= self._clock.now():
            return None
        return found

    async def _owner(self, token: StoredCustomerToken) -> StoredCustomerUser | None:
        owner = await self._users.find(*owner_of(token.account))
        if owner is None or not owner.active or owner.generation != token.generation:
            return None
        return owner

    def _made(
        self, channel: str, owner: StoredCustomerUser, family: str, *, end: datetime
    ) -> tuple[TokenPair, list[StoredCustomerToken]]:
        now = self._clock.now()
        texts = {kind: secrets.token_urlsafe(TOKEN_BYTES) for kind in TokenKind}
        ends = {TokenKind.ACCESS: min(now + self._access, end), TokenKind.REFRESH: end}
        stored = [
            StoredCustomerToken(
                digest=digest_of_token(texts[kind], channel),
                kind=kind,
                family=family,
                account=owner_key(channel, owner.user.login),
                generation=owner.generation,
                issued_at=now,
                expires_at=ends[kind],
            )
            for kind in TokenKind
        ]
        pair = TokenPair(
            access=texts[TokenKind.ACCESS],
            refresh=texts[TokenKind.REFRESH],
            access_seconds=int((ends[TokenKind.ACCESS] - now).total_seconds()),
            refresh_seconds=int((end - now).total_seconds()),
            user=owner.shown,
        )
        return pair, stored


def _refused() -> RefreshRefusedError:
    return RefreshRefusedError("The refresh token cannot be used.", hint="Sign in with login and password.")
