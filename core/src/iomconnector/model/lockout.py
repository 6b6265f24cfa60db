"""When repeated failures lock an account or an address, and for how long."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

MEMORY = timedelta(days=1)
"""So long after its last lock a counter remembers how often it was locked."""


@dataclass(frozen=True, slots=True)
class LockoutRule:
    """How many failures lock, and for how long.

    Arguments:
        failures: So many attempts are let through before the lock.
        window: Failures count together as long as no more than this lies between one and the next.
        first_lock: How long the first lock lasts; each further one lasts twice as long as the one before.
        longest_lock: No lock lasts longer.
    """

    failures: int
    window: timedelta
    first_lock: timedelta
    longest_lock: timedelta

    def lock(self, number: int) -> timedelta:
        """How long a lock lasts.

        Arguments:
            number: 1 for the first one.
        """
        doublings = min(number - 1, 64)
        seconds = self.first_lock.total_seconds() * 2**doublings
        return timedelta(seconds=min(seconds, self.longest_lock.total_seconds()))


@dataclass(frozen=True, slots=True)
class FailureCount:
    """What is remembered of failures.

    An attempt counts as a failure from the moment it begins, so that any number of them at the same time
    cannot be more than the rule allows; one that succeeds is taken back.

    Arguments:
        failures: Attempts that failed or have not ended yet.
        last_at: When the last of them began; none where there was none.
        locks: How many locks followed each other.
        locked_until: When the last lock ends or ended; none where there was none.
    """

    failures: int = 0
    last_at: datetime | None = None
    locks: int = 0
    locked_until: datetime | None = None

    def locked(self, now: datetime) -> bool:
        """Whether attempts are refused at a time."""
        return self.locked_until is not None and now < self.locked_until

    def begin(self, rule: LockoutRule, now: datetime) -> "FailureCount | None":
        """The count after a new attempt; none where the attempt is refused, which changes nothing."""
        if self.locked(now):
            return None
        count = self._without_what_is_forgotten(rule, now)
        count = replace(count, failures=count.failures + 1, last_at=now)
        if count.failures < rule.failures:
            return count
        locks = count.locks + 1
        return replace(count, locks=locks, locked_until=now + rule.lock(locks))

    def take_back(self, rule: LockoutRule, now: datetime) -> "FailureCount":
        """The count after one attempt that it holds has succeeded; a lock that it began ends."""
        failures = max(self.failures - 1, 0)
        if self.locked(now) and self.failures == rule.failures:
            return replace(self, failures=failures, locks=self.locks - 1, locked_until=now)
        return replace(self, failures=failures)

    def _without_what_is_forgotten(self, rule: LockoutRule, now: datetime) -> "FailureCount":
        count = self
        if count.locked_until is not None and count.failures >= rule.failures:
            count = replace(count, failures=0)
        if count.last_at is not None and now - count.last_at > rule.window:
            count = replace(count, failures=0)
        if count.locked_until is not None and now - count.locked_until > MEMORY:
            count = replace(count, locks=0, locked_until=None)
        return count
