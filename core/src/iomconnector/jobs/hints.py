"""Hints that exports are due, from the process that placed an order to one that exports."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from iomconnector.jobs.offered import JobHandler
from iomconnector.ports.job_engine import Job, JobAttempt, JobEngine, RetryRule
from iomconnector.storage.engine.transaction import transaction_of

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from iomconnector.jobs.housekeeping import LooksAtTheLedger

EXPORTS_DUE = "exports due"
"""The kind of job that says so."""

OF_NO_USE = timedelta(minutes=1)
"""Who takes hints has taken one that is so old; who takes none looks at the ledger anyway."""


class ExportHints:
    """Tells other processes, within the transaction that makes an export due, that it is.

    A hint that is lost costs the time until the ledger is looked at anyway, and never an order.

    Arguments:
        engine: Gives the job engine.
        wanted: Whether there may be other processes to tell: a shared database is there.
    """

    def __init__(self, engine: Callable[[], JobEngine], *, wanted: bool) -> None:
        self._engine = engine
        self._wanted = wanted

    async def tell(self, connection: AsyncConnection, channel: str) -> None:
        """Add a hint, once in a transaction for each channel, however many of its exports become due.

        Arguments:
            connection: That of the transaction.
            channel: The channel of the order.
        """
        if self._wanted and transaction_of(connection).first((EXPORTS_DUE, channel)):
            await self._engine().announce([Job(EXPORTS_DUE, {"channel": channel})], within=connection)


def hint_handler(exporter: LooksAtTheLedger) -> JobHandler:
    """Has the exporter of this process look at the ledger."""

    async def look(_: JobAttempt) -> None:
        exporter.wake()

    return JobHandler(EXPORTS_DUE, look, retry=RetryRule(attempts=1))


async def forget_old_hints(engine: JobEngine) -> None:
    """Remove hints that nobody took in time.

    Where no process takes any, because none runs or each exports chosen channels only, they would grow
    without end, and whoever came later would have to work them off.

    Arguments:
        engine: The job engine.
    """
    await engine.forget(EXPORTS_DUE, older_than=OF_NO_USE)
