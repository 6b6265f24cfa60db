"""How passwords are made unreadable."""

from typing import Protocol


class PasswordHasher(Protocol):
    """Hashes passwords slowly, without stopping the event loop."""

    async def hash(self, password: str) -> str:
        """A salted hash; two of the same password differ."""
        ...

    async def verify(self, password: str, hashed: str | None) -> bool:
        """Whether it is the password of a hash.

        Arguments:
            password: What was typed.
            hashed: The hash; without one the answer is False, and takes as long as with one.
        """
        ...

    def outdated(self, hashed: str) -> bool:
        """Whether a hash was made with other parameters than those in force."""
        ...
