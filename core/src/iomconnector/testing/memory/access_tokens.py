"""Access tokens in memory."""

from collections.abc import Sequence

from iomconnector.errors import ConfigurationError
from iomconnector.ports.access_token_store import AccessToken


class MemoryAccessTokenStore:
    """Implements :class:`~iomconnector.ports.access_token_store.AccessTokenStore`."""

    def __init__(self) -> None:
        self._tokens: dict[str, AccessToken] = {}

    async def save(self, token: AccessToken) -> None:
        """Add a token."""
        if token.name in self._tokens:
            raise ConfigurationError(f"There is a token named {token.name!r} already.", token=token.name)
        self._tokens[token.name] = token

    async def find(self, digest: str) -> AccessToken | None:
        """The token of that digest, or none."""
        return next((token for token in self._tokens.values() if token.digest == digest), None)

    async def all(self) -> Sequence[AccessToken]:
        """Every token, by name."""
        return [self._tokens[name] for name in sorted(self._tokens)]

    async def delete(self, name: str) -> bool:
        """Revoke the token of that name."""
        return self._tokens.pop(name, None) is not None
