"""A clock that stands until somebody moves it."""

from datetime import UTC, datetime, timedelta

from iomconnector.testing.samples import NOON


class ManualClock:
    """Implements :class:`~iomconnector.ports.clock.Clock`.

    Arguments:
        now: The time to begin with; aware.
    """

    def __init__(self, now: datetime = NOON) -> None:
        self._now = now.astimezone(UTC)

    def now(self) -> datetime:
        """The time at which it stands."""
        return self._now

    def advance(self, by: timedelta) -> None:
        """Move it on.

        Raises:
            ValueError: It would go back.
        """
        if by < timedelta(0):
            raise ValueError(f"a clock does not go back, but this one was moved by {by}")
        self._now += by

    def advance_to(self, moment: datetime) -> None:
        """Move it on to a moment; one that is past already changes nothing."""
        self._now = max(self._now, moment.astimezone(UTC))
