"""The machine's clock."""

from datetime import UTC, datetime


class SystemClock:
    """Implements :class:`~iomconnector.ports.clock.Clock` with the machine's clock."""

    def now(self) -> datetime:
        """The present time in UTC."""
        return datetime.now(UTC)
