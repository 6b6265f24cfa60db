"""Where the tokens are kept by which programs act for the users of customers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class TokenKind(StrEnum):
    """What a token is for."""

    ACCESS = "access"
    """To be recognized."""
    REFRESH = "refresh"
    """To get other tokens, once."""


@dataclass(frozen=True, slots=True)
class StoredCustomerToken:
    """A token as it is stored: never the token itself.

    Arguments:
        digest: SHA-256 of the token and its scope, hexadecimal.
        kind: What it is for.
        family: All tokens that follow from one proof of a password are of one family.
        account: Whose it is, as the sessions of customers name it.
        generation: That of the user when the password was proven.
        issued_at: When it was made.
        expires_at: From then on it is worth nothing.
        spent_at: When a refresh token was used; none where it was not.
    """

    digest: str
    kind: TokenKind
    family: str
    account: str
    generation: int
    issued_at: datetime
    expires_at: datetime
    spent_at: datetime | None = None


class CustomerTokenStore(Protocol):
    """Keeps tokens."""

    async def save(self, tokens: Sequence[StoredCustomerToken]) -> None:
        """Add tokens, all or none; their digests are new."""
        ...

    async def find(self, digest: str) -> StoredCustomerToken | None:
        """The token of that digest, or none."""
        ...

    async def exchange(self, digest: str, at: datetime, tokens: Sequence[StoredCustomerToken]) -> bool:
        """Spend a token for others, in one step. However many try it at the same time, one succeeds.

        Returns:
            False where it was spent already, or is gone; then nothing was added.
        """
        ...

    async def delete_family(self, family: str) -> int:
        """Remove the tokens of a family, those included that an exchange adds meanwhile.

        Returns:
            How many there were.
        """
        ...

    async def forget(self, expired_at: datetime) -> int:
        """Remove tokens that are worth nothing at a time. A spent token stays until it expires, so that its
        second use is noticed.

        Returns:
            How many there were.
        """
        ...
