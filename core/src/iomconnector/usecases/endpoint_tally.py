"""What a process saw of an endpoint and did not report yet."""

from dataclasses import dataclass
from datetime import timedelta

from iomconnector.model.endpoints import Outcome, Report


@dataclass(slots=True)
class EndpointTally:
    """Counts outcomes. Moments are readings of a monotonic clock, in seconds.

    Arguments:
        successes: Requests that were answered.
        failures: Requests that failed since the last that was answered.
        throttled: Requests that were turned away with a time after which to come back.
        wait_until: The latest such time.
        overloaded: When the latest request began that took too long or was too much.
        code: The last failure as a code.
        reason: The last failure as a sentence.
    """

    successes: int = 0
    failures: int = 0
    throttled: int = 0
    wait_until: float | None = None
    overloaded: float | None = None
    code: str | None = None
    reason: str | None = None

    def add(
        self,
        outcome: Outcome,
        *,
        began: float,
        now: float,
        slow_after: timedelta,
        retry_after: float | None,
        code: str | None,
        reason: str | None,
    ) -> None:
        """Count an outcome. Who turns requests away without saying for how long has failed.

        Arguments:
            outcome: What became of the request.
            began: When it began.
            now: The present moment.
            slow_after: Longer than this is too long.
            retry_after: Seconds after which the endpoint wants to be asked again.
            code: Why it failed, as a code.
            reason: The same as a sentence.
        """
        if outcome is Outcome.ANSWERED:
            self.successes += 1
            self.failures = 0
        else:
            self.code, self.reason = code, reason
            if outcome is Outcome.THROTTLED and retry_after:
                self.throttled += 1
                self.wait_until = max(now + retry_after, self.wait_until or now)
            else:
                self.failures += 1
        if outcome is Outcome.THROTTLED or now - began >= slow_after.total_seconds():
            self.overloaded = max(began, self.overloaded or began)

    def follow(self, earlier: "EndpointTally") -> None:
        """Count in what came before all this."""
        self.failures += 0 if self.successes else earlier.failures
        self.successes += earlier.successes
        self.throttled += earlier.throttled
        self.wait_until = _later(self.wait_until, earlier.wait_until)
        self.overloaded = _later(self.overloaded, earlier.overloaded)
        if self.code is None and self.reason is None:
            self.code, self.reason = earlier.code, earlier.reason

    def report(self, now: float) -> Report:
        """What was counted."""
        return Report(
            successes=self.successes,
            failures=self.failures,
            throttled=self.throttled,
            retry_after=None if self.wait_until is None else _seconds(self.wait_until - now),
            overloaded=None if self.overloaded is None else _seconds(now - self.overloaded),
            code=self.code,
            reason=self.reason,
        )


def _later(one: float | None, other: float | None) -> float | None:
    return max((each for each in (one, other) if each is not None), default=None)


def _seconds(seconds: float) -> timedelta:
    return timedelta(seconds=max(0.0, seconds))
