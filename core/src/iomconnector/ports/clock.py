"""Time, as the system asks for it."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present time, aware, in UTC; never earlier than what it returned before by more than a clock
        correction of the machine."""
        ...
