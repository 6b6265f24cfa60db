"""What all processes together know of the systems that they send to, and who may send how much."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from iomconnector.model.endpoint_shares import Admission, Demand, Standing
from iomconnector.model.endpoints import Endpoint, Report


class EndpointStates(Protocol):
    """Shares out what each endpoint bears. Any number of workers in any number of processes can ask at once.

    A worker is a process, or what counts as one; its name is its own, has at most 255 characters, and it asks
    for one endpoint once at a time. The rules are those of
    :meth:`iomconnector.model.endpoint_shares.Standing.synced`.
    """

    async def sync(
        self,
        endpoint: Endpoint,
        worker: str,
        report: Report,
        demand: Demand,
        *,
        now: datetime,
        lease: timedelta,
    ) -> Admission:
        """Report, give a sign of life, and ask for permits, all in one; nobody comes between.

        Arguments:
            endpoint: The endpoint; one that is not known yet is closed and bears what its rule allows.
            worker: Who asks.
            report: What it saw since it last reported.
            demand: What it has and wants.
            now: The present time.
            lease: Without a sign of life its permits are free again after this time.

        Raises:
            StorageError: It is not known whether anything changed; report and ask again.
        """
        ...

    async def leave(self, worker: str) -> None:
        """Give back all that a worker holds, of every endpoint; it has nothing under way any more.

        Raises:
            StorageError: The permits become free when the lease ends.
        """
        ...

    async def reset(self, name: str, *, at: datetime) -> bool:
        """Close the circuit of an endpoint and forget that it asked to wait; False where it is not known.

        Raises:
            StorageError: Nothing was changed.
        """
        ...

    async def all(self) -> Sequence[Standing]:
        """Every endpoint that was ever sent to, by name, with all shares that were not given back.

        Raises:
            StorageError: The states cannot be read.
        """
        ...
