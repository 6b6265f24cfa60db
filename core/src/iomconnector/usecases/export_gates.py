"""The gates of what orders are sent to: which channel uses which, and what each request tells about it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from iomconnector.errors import ConnectorError, StorageError
from iomconnector.model.endpoints import Endpoint, Outcome
from iomconnector.model.exports import PlacedOrder
from iomconnector.ports.order_export_service import (
    ExportUnavailableError,
    FoundOrder,
    OrderExportService,
    OrderNotExportableError,
    OrderRefusedError,
    OutcomeUnclearError,
    Receipt,
)
from iomconnector.usecases.export_orders import ResolveExportService
from iomconnector.usecases.gate import Gate
from iomconnector.usecases.gates import Gates

T = TypeVar("T")


class ExportGates:
    """Finds the gate of a channel, and a service whose requests are reported to it.

    A service that is new in this process, or was changed, begins with a closed circuit: whoever mended a
    password or started a worker does not wait for a pause that belongs to the past.

    Arguments:
        resolve: Gives the export service of a channel.
        gates: The gates of this process.
    """

    def __init__(self, resolve: ResolveExportService, gates: Gates) -> None:
        self._resolve = resolve
        self._gates = gates
        self._services: dict[str, OrderExportService] = {}
        self._turn = asyncio.Lock()

    async def gate(self, channel: str) -> Gate:
        """The gate of the channel's endpoint.

        Raises:
            ConnectorError: No service is operational, or several are.
        """
        service = await self._resolve(channel)
        if self._services.get(channel) is not service:
            async with self._turn:
                if self._services.get(channel) is not service:
                    with suppress(StorageError):
                        await self._gates.reset(service.endpoint.name)
                    self._services[channel] = service
        return self._gates.of(service.endpoint)

    async def service(self, channel: str) -> OrderExportService:
        """The export service of the channel.

        Raises:
            ConnectorError: No service is operational, or several are.
        """
        service = await self._resolve(channel)
        return ReportedExportService(service, self._gates.of(service.endpoint))


class ReportedExportService:
    """Implements :class:`~iomconnector.ports.order_export_service.OrderExportService` with another one, and
    tells a gate how its endpoint fares.

    Arguments:
        service: Does the work.
        gate: Is told of each request.
    """

    def __init__(self, service: OrderExportService, gate: Gate) -> None:
        self._service = service
        self._gate = gate

    @property
    def endpoint(self) -> Endpoint:
        """What the requests go to."""
        return self._service.endpoint

    async def submit(self, placed: PlacedOrder) -> Receipt:
        """Send the order once."""
        return await self._reported(lambda: self._service.submit(placed))

    async def find(self, placed: PlacedOrder) -> FoundOrder | None:
        """Look for an order of that number."""
        return await self._reported(lambda: self._service.find(placed))

    def preview(self, placed: PlacedOrder) -> Mapping[str, Any]:
        """The document that would be sent."""
        return self._service.preview(placed)

    def notes(self, placed: PlacedOrder) -> Sequence[str]:
        """The losses that this order suffers."""
        return self._service.notes(placed)

    async def aclose(self) -> None:
        """Give connections back."""
        await self._service.aclose()

    async def _reported(self, request: Callable[[], Awaitable[T]]) -> T:
        began = time.monotonic()
        try:
            answer = await request()
        except OrderNotExportableError:
            raise
        except ConnectorError as error:
            self._report_failure(error, time.monotonic() - began)
            raise
        self._gate.report(Outcome.ANSWERED, time.monotonic() - began)
        return answer

    def _report_failure(self, error: ConnectorError, seconds: float) -> None:
        if isinstance(error, OrderRefusedError):
            self._gate.report(Outcome.ANSWERED, seconds)
            return
        retry_after = None
        if isinstance(error, ExportUnavailableError | OutcomeUnclearError):
            retry_after = error.retry_after
        self._gate.report(
            Outcome.FAILED if retry_after is None else Outcome.THROTTLED,
            seconds,
            retry_after=retry_after,
            code=error.code,
            reason=error.message,
        )
