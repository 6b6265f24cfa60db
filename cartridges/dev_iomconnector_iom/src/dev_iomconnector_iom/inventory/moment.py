"""The time by which reservations expire; tests move it on without waiting."""

from __future__ import annotations

import time
from datetime import datetime
from zoneinfo import ZoneInfo


class InventoryClock:
    """The system's time and what the control interface added to it.

    Arguments:
        time_zone: In which zone times without one are written.
    """

    def __init__(self, time_zone: str) -> None:
        self._zone = ZoneInfo(time_zone)
        self._ahead = 0.0

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        """Move the time on."""
        self._ahead += seconds

    def without_zone(self, moment: float) -> str:
        """A moment as reservations show it: ``2016-01-07 14:29:32``, in the zone of the configuration."""
        return datetime.fromtimestamp(moment, self._zone).strftime("%Y-%m-%d %H:%M:%S")
