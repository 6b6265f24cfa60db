"""States of endpoints in memory."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from threading import Lock

from iomconnector.model.endpoint_shares import Admission, Demand, Standing
from iomconnector.model.endpoints import Endpoint, EndpointState, Report


class MemoryEndpointStates:
    """Implements :class:`~iomconnector.ports.endpoint_states.EndpointStates`; threads may share it."""

    def __init__(self) -> None:
        self._standings: dict[str, Standing] = {}
        self._lock = Lock()

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
        """Report, give a sign of life, and ask for permits."""
        with self._lock:
            standing = self._standings.get(endpoint.name) or Standing(EndpointState.unknown(endpoint, now))
            standing, admission = standing.synced(endpoint, worker, report, demand, now, lease)
            self._standings[endpoint.name] = standing
            return admission

    async def leave(self, worker: str) -> None:
        """Give back all that a worker holds."""
        with self._lock:
            for name, standing in self._standings.items():
                self._standings[name] = standing.without(worker)

    async def reset(self, name: str, *, at: datetime) -> bool:
        """Close the circuit of an endpoint."""
        with self._lock:
            standing = self._standings.get(name)
            if standing is None:
                return False
            self._standings[name] = Standing(standing.state.reset(at), standing.shares)
            return True

    async def all(self) -> Sequence[Standing]:
        """Every endpoint, by name."""
        with self._lock:
            return [self._standings[name] for name in sorted(self._standings)]
