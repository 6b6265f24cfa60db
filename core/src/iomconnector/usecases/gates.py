"""The gates of one process, one for each endpoint."""

import time
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import timedelta

from iomconnector.errors import StorageError
from iomconnector.model.endpoints import Endpoint
from iomconnector.ports.clock import Clock
from iomconnector.ports.endpoint_states import EndpointStates
from iomconnector.usecases.gate import Gate


class Gates:
    """Keeps the gates. Belongs to one event loop.

    Arguments:
        states: Where the processes agree.
        worker: The name of this process.
        clock: Tells the time.
        lease: For how long permits are given without a sign of life.
        interval: Seconds between two agreements where nothing is urgent.
        monotonic: Measures durations, in seconds.
    """

    def __init__(
        self,
        states: EndpointStates,
        worker: str,
        clock: Clock,
        *,
        lease: timedelta = timedelta(seconds=30),
        interval: float = 1.0,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._states = states
        self._worker = worker
        self._clock = clock
        self._lease = lease
        self._interval = interval
        self._monotonic = monotonic
        self._gates: dict[str, Gate] = {}

    def of(self, endpoint: Endpoint) -> Gate:
        """The gate of an endpoint: one for all that have its name, with the rule given last."""
        gate = self._gates.get(endpoint.name)
        if gate is None:
            gate = self._gates[endpoint.name] = Gate(
                endpoint,
                self._states,
                self._worker,
                self._clock,
                lease=self._lease,
                interval=self._interval,
                monotonic=self._monotonic,
            )
        gate.endpoint = endpoint
        return gate

    def all(self) -> Collection[Gate]:
        """Every gate that was asked for."""
        return self._gates.values()

    async def reset(self, name: str) -> bool:
        """Close the circuit of an endpoint and forget that it asked to wait; False where it is not known.

        This process notices at once, the others within a few seconds.

        Raises:
            StorageError: Nothing was changed.
        """
        done = await self._states.reset(name, at=self._clock.now())
        if name in self._gates:
            self._gates[name].refresh()
        return done

    async def aclose(self) -> None:
        """Report what is not reported yet, and give all permits back; nothing is under way any more."""
        for gate in self._gates.values():
            await gate.aclose()
        if not self._gates:
            return
        with suppress(StorageError):
            await self._states.leave(self._worker)
