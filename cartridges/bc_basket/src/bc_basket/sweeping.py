"""Placing orders of baskets that somebody died over, and removing old baskets."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from iomconnector.jobs.offered import BackgroundWork, Schedule
from iomconnector.ports.basket_repository import BasketRepository

if TYPE_CHECKING:
    from iomconnector.application import Application

OPEN_KEPT = timedelta(days=90)
"""So long a basket waits for whoever filled it."""

ORDERED_KEPT = timedelta(days=30)
"""So long pressing the button again leads to the order that was placed."""

AT_ONCE = 1000


async def forget_old(baskets: BasketRepository, now: datetime) -> int:
    """Remove old baskets. Gives how many."""
    removed = 0
    while count := await baskets.forget(
        opened_before=now - OPEN_KEPT, ordered_before=now - ORDERED_KEPT, limit=AT_ONCE
    ):
        removed += count
    return removed


def sweeps_of(application: Application) -> list[BackgroundWork]:
    """The schedules, each in one of the processes."""

    async def finish() -> None:
        if application.check_out is not None:
            await application.check_out.finish_those_left()

    async def forget() -> None:
        if application.basket_repository is not None:
            await forget_old(application.basket_repository, application.clock.now())

    return [
        Schedule("place orders of baskets", "* * * * *", finish),
        Schedule("remove old baskets", "41 3 * * *", forget),
    ]
