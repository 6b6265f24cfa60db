"""What the core itself has done at certain times."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

import structlog

from iomconnector.jobs.hints import forget_old_hints
from iomconnector.jobs.offered import Schedule
from iomconnector.ports.clock import Clock
from iomconnector.ports.export_ledger import ExportLedger
from iomconnector.ports.job_engine import JobEngine
from iomconnector.settings import Settings
from iomconnector.usecases.customer_sign_in import CustomerSignIn
from iomconnector.usecases.customer_tokens import CustomerTokens
from iomconnector.usecases.follow_orders import FollowOrders
from iomconnector.usecases.reserve_stock import ReserveStock
from iomconnector.usecases.retention import Retention
from iomconnector.usecases.sign_in import SignIn

LATE = timedelta(minutes=5)
"""An export that is due for so long should have been begun."""

log = structlog.get_logger(__name__)


class _System(Protocol):
    @property
    def settings(self) -> Settings: ...

    @property
    def ledger(self) -> ExportLedger: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def sign_in(self) -> SignIn: ...

    @property
    def customer_sign_in(self) -> CustomerSignIn: ...

    @property
    def customer_tokens(self) -> CustomerTokens: ...

    @property
    def job_engine(self) -> JobEngine: ...

    @property
    def follow_orders(self) -> FollowOrders: ...

    @property
    def reservations(self) -> ReserveStock: ...

    @property
    def retention(self) -> Retention: ...


class LooksAtTheLedger(Protocol):
    """An exporter, as far as it can be called."""

    def wake(self) -> None:
        """Look at the ledger now."""
        ...


class Sweep:
    """Finds exports that no job told of, and says when some are late.

    Arguments:
        system: Gives the ledger and the clock.
        exporter: Is to look at the ledger; none where this process exports nothing.
    """

    def __init__(self, system: _System, exporter: LooksAtTheLedger | None) -> None:
        self._system = system
        self._exporter = exporter

    async def __call__(self) -> None:
        """Have the exporter look, and log what is due for long."""
        moments = await self._system.ledger.next_moments()
        now = self._system.clock.now()
        due = {channel: now - moment for channel, moment in moments.items() if moment <= now}
        if due and self._exporter is not None:
            self._exporter.wake()
        for channel, waited in sorted(due.items()):
            if waited >= LATE:
                log.warning("exports are late", channel=channel, minutes=waited // MINUTE)


MINUTE = timedelta(minutes=1)


def core_schedules(system: _System, exporter: LooksAtTheLedger | None) -> Sequence[Schedule]:
    """The core's own schedules.

    Arguments:
        system: The system.
        exporter: That of this process; none where it exports nothing.
    """

    async def forget_hints() -> None:
        await forget_old_hints(system.job_engine)

    async def settle() -> None:
        await system.reservations.settling.sweep()

    return [
        Schedule("sweep of the export ledger", "* * * * *", Sweep(system, exporter)),
        Schedule("sweep of the reservations", "* * * * *", settle),
        Schedule("removal of old reservations", "12 3 * * *", system.reservations.forget_what_is_over),
        Schedule("removal of old hints", "* * * * *", forget_hints),
        Schedule("order states", f"*/{system.settings.order_state_minutes} * * * *", system.follow_orders),
        Schedule("removal of old sessions", "17 * * * *", system.sign_in.forget_what_is_over),
        Schedule(
            "removal of old customer sessions", "22 * * * *", system.customer_sign_in.forget_what_is_over
        ),
        Schedule("removal of old tokens", "27 * * * *", system.customer_tokens.forget_what_is_over),
        Schedule("retention", "23 2 * * *", system.retention.scheduled),
    ]
