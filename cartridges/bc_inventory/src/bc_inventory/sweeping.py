"""Putting reservations aside whose time is over, and removing old ones."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bc_inventory.reservations import StockReservations
from iomconnector.jobs.offered import Schedule

if TYPE_CHECKING:
    from iomconnector.application import Application

KEPT = timedelta(days=30)
"""So long ended reservations can be looked at."""

FULFILLED_KEPT = timedelta(days=400)
"""So long it is known which pieces were taken for an order, so that they are neither taken twice nor lost
when it is given up."""

AT_ONCE = 1000


async def sweep(reservations: StockReservations, now: datetime) -> tuple[int, int]:
    """End what is over and remove what ended long ago. Nothing waits for it: what is over is never counted.

    Returns:
        How many were ended, and how many removed.
    """
    ended, removed = await reservations.end_expired(), 0
    while count := await reservations.forget_ended(
        now - KEPT, fulfilled_before=now - FULFILLED_KEPT, limit=AT_ONCE
    ):
        removed += count
    return ended, removed


def sweep_of(application: Application) -> Schedule:
    """The schedule: once an hour, in one of the processes."""

    async def work() -> None:
        await sweep(StockReservations(application.database, application.clock), application.clock.now())

    return Schedule("sweep stock reservations", "17 * * * *", work)
