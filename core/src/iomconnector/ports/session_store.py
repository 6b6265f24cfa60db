"""Where the sessions of signed-in people are kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A session as it is stored: never its token.

    Arguments:
        digest: SHA-256 of the token, hexadecimal.
        account: The name of the account.
        generation: That of the account when it signed in.
        signed_in_at: When it began.
        seen_at: When it was last used.
        expires_at: When it ends, however much it is used.
    """

    digest: str
    account: str
    generation: int
    signed_in_at: datetime
    seen_at: datetime
    expires_at: datetime


class SessionStore(Protocol):
    """Keeps sessions."""

    async def save(self, session: StoredSession) -> None:
        """Add a session; its digest is new."""
        ...

    async def find(self, digest: str) -> StoredSession | None:
        """The session of that digest, or none."""
        ...

    async def touch(self, digest: str, seen_at: datetime) -> None:
        """Note that it was used. One that was deleted stays deleted, and time does not go back."""
        ...

    async def delete(self, digest: str) -> bool:
        """End a session; False where there is none."""
        ...

    async def delete_of(self, account: str, *, older_than: int | None = None) -> int:
        """End the sessions of an account.

        Arguments:
            account: Its name.
            older_than: Only those of a smaller generation than this.

        Returns:
            How many there were.
        """
        ...

    async def forget(self, *, seen_before: datetime, expired_at: datetime) -> int:
        """Remove sessions that were last used before a time, or that end at or before another.

        Returns:
            How many there were.
        """
        ...
