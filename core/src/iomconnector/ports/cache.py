"""A cache that several processes of one machine share."""

from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Protocol


class Cache(Protocol):
    """Keeps bytes for a while. What it loses is asked for again: it is never the truth, and nothing in it is
    ever run or unpickled. A failure to read or write counts as nothing being there."""

    async def get_many(self, keys: list[str]) -> dict[str, bytes]:
        """What is kept under keys and not expired; the rest is left out."""
        ...

    async def set_many(self, entries: dict[str, bytes], *, keep: timedelta) -> None:
        """Keep values under keys, each for that long."""
        ...

    async def delete_many(self, keys: list[str]) -> None:
        """Drop what is kept under keys."""
        ...

    def alone(self, key: str, *, at_most: timedelta) -> AbstractAsyncContextManager[None]:
        """Be the only one inside, of all tasks and processes of the machine, for that key.

        Who does not get in, because another one has been inside for longer than ``at_most`` (it may have
        died), goes ahead all the same.
        """
        ...

    async def aclose(self) -> None:
        """Close it."""
        ...
