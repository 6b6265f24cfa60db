"""Access tokens: who may call the web application, and for which channels."""

import hashlib
import secrets
from collections.abc import Sequence

from iomconnector.ports.access_token_store import AccessToken, AccessTokenStore
from iomconnector.ports.clock import Clock
from iomconnector.ports.context_repository import ContextRepository
from iomconnector.usecases.channels import require_channel

PREFIX = "iomc_"


class AccessTokens:
    """Makes and recognizes access tokens. Only their digests are stored."""

    def __init__(self, store: AccessTokenStore, contexts: ContextRepository, clock: Clock) -> None:
        self._store = store
        self._contexts = contexts
        self._clock = clock

    async def create(self, name: str, channels: Sequence[str]) -> str:
        """Make a token for channels; it cannot be shown again.

        Raises:
            ConfigurationError: A token of that name exists.
            NotFoundError: A channel does not exist.
        """
        for channel in channels:
            await require_channel(self._contexts, channel)
        token = PREFIX + secrets.token_urlsafe(32)
        await self._store.save(AccessToken(name, _digest(token), tuple(channels), self._clock.now()))
        return token

    async def recognize(self, token: str) -> AccessToken | None:
        """Whose token it is; none where it is nobody's."""
        return await self._store.find(_digest(token))

    async def all(self) -> Sequence[AccessToken]:
        """Every token, by name."""
        return await self._store.all()

    async def revoke(self, name: str) -> bool:
        """Make a token worthless; False where there is none of that name."""
        return await self._store.delete(name)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
