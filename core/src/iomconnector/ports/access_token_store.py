"""Tokens by which programs authenticate at the web application."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token as it is stored: never the token itself.

    Arguments:
        name: Who uses it.
        digest: SHA-256 of the token, hexadecimal.
        channels: The channels that it gives access to.
        created_at: When it was made.
    """

    name: str
    digest: str
    channels: tuple[str, ...]
    created_at: datetime


class AccessTokenStore(Protocol):
    """Keeps access tokens."""

    async def save(self, token: AccessToken) -> None:
        """Add a token.

        Raises:
            ConfigurationError: A token of that name exists.
        """
        ...

    async def find(self, digest: str) -> AccessToken | None:
        """The token of that digest, or none."""
        ...

    async def all(self) -> Sequence[AccessToken]:
        """Every token, by name."""
        ...

    async def delete(self, name: str) -> bool:
        """Revoke the token of that name; False where there is none."""
        ...
