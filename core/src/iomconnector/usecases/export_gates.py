"""The gates of what orders are sent to: which channel uses which."""

import asyncio
from contextlib import suppress

from iomconnector.errors import StorageError
from iomconnector.ports.order_export_service import OrderExportService
from iomconnector.usecases.export_orders import ResolveExportService
from iomconnector.usecases.gate import Gate
from iomconnector.usecases.gates import Gates
from iomconnector.usecases.watched_export_service import LatestFailure, WatchedExportService


class ExportGates:
    """Finds the gate of a channel, and a service whose requests are reported to it.

    An endpoint that is new in this process, or whose service was changed, begins with a closed circuit:
    whoever mended a password or started a worker does not wait for a pause that belongs to the past.

    Arguments:
        resolve: Gives the export service of a channel.
        gates: The gates of this process.
    """

    def __init__(self, resolve: ResolveExportService, gates: Gates) -> None:
        self._resolve = resolve
        self._gates = gates
        self._services: dict[str, OrderExportService] = {}
        self._endpoints: set[str] = set()
        self._failures: dict[str, LatestFailure] = {}
        self._turn = asyncio.Lock()

    async def gate(self, channel: str) -> Gate:
        """The gate of the channel's endpoint.

        Raises:
            ConnectorError: No service is operational, or several are.
        """
        service = await self._resolve(channel)
        if self._services.get(channel) is not service:
            async with self._turn:
                await self._close_the_circuit_of_what_is_new(channel, service)
        return self._gates.of(service.endpoint)

    async def service(self, channel: str) -> OrderExportService:
        """The export service of the channel.

        Raises:
            ConnectorError: No service is operational, or several are.
        """
        service = await self._resolve(channel)
        endpoint = service.endpoint
        latest = self._failures.setdefault(endpoint.name, LatestFailure())
        return WatchedExportService(service, self._gates.of(endpoint), latest)

    async def _close_the_circuit_of_what_is_new(self, channel: str, service: OrderExportService) -> None:
        known, name = self._services.get(channel), service.endpoint.name
        if known is service:
            return
        if known is not None or name not in self._endpoints:
            with suppress(StorageError):
                await self._gates.reset(name)
        self._services[channel] = service
        self._endpoints.add(name)
