"""Where failed sign-ins are counted, for all processes together."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from iomconnector.model.lockout import FailureCount, LockoutRule


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of an attempt that asked to be let through.

    Arguments:
        allowed: Whether it may go on.
        count: What is remembered now.
        locks: Whether it is the last one before a lock, which has begun with it.
    """

    allowed: bool
    count: FailureCount
    locks: bool


class FailedSignIns(Protocol):
    """Counts attempts to sign in by key. However many begin at the same time, in whatever process, no more
    are let through than the rule allows."""

    async def begin(self, key: str, rule: LockoutRule, now: datetime) -> Attempt:
        """Count an attempt before it is made."""
        ...

    async def take_back(self, key: str, rule: LockoutRule, now: datetime) -> None:
        """Count an attempt no more, because it succeeded."""
        ...

    async def clear(self, key: str) -> bool:
        """Forget everything of a key; False where there was nothing."""
        ...

    async def counts(self, keys: Collection[str]) -> Mapping[str, FailureCount]:
        """What is remembered of the keys; without those of which nothing is."""
        ...

    async def forget(self, before: datetime) -> int:
        """Remove what was last counted, and locked at most, before a time.

        Returns:
            How many keys there were.
        """
        ...


def attempt(before: FailureCount, rule: LockoutRule, now: datetime) -> Attempt:
    """What becomes of a new attempt, as every adapter has to decide it, undisturbed by others."""
    after = before.begin(rule, now)
    if after is None:
        return Attempt(False, before, False)
    return Attempt(True, after, after.locked(now))
