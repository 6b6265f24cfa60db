"""An order export service that tells how its endpoint fares."""

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol

from iomconnector.model.endpoints import Endpoint, Outcome
from iomconnector.model.exports import PlacedOrder
from iomconnector.ports.order_export_service import (
    ExportUnavailableError,
    FoundOrder,
    OrderExportService,
    OrderRefusedError,
    OutcomeUnclearError,
    Receipt,
)


class Watch(Protocol):
    """Is told what becomes of requests; a :class:`~iomconnector.usecases.gate.Gate` is one."""

    def report(
        self,
        outcome: Outcome,
        seconds: float,
        *,
        retry_after: float | None = None,
        code: str | None = None,
        reason: str | None = None,
    ) -> None:
        """Tell what became of a request that has just ended."""
        ...


class WatchedExportService:
    """Implements :class:`~iomconnector.ports.order_export_service.OrderExportService` with another one.

    A refusal of one order is an answer; wrong credentials are a failure of the endpoint, since it refuses
    everybody. An order that cannot be mapped tells nothing: it was not sent.

    Arguments:
        service: The one that does it.
        watch: Is told of each request.
        monotonic: Measures durations, in seconds.
    """

    def __init__(
        self, service: OrderExportService, watch: Watch, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._service = service
        self._watch = watch
        self._monotonic = monotonic

    @property
    def endpoint(self) -> Endpoint:
        """What the requests go to."""
        return self._service.endpoint

    async def submit(self, placed: PlacedOrder) -> Receipt:
        """Send the order once. See ``OrderExportService.submit``."""
        async with self._watched():
            return await self._service.submit(placed)

    async def find(self, placed: PlacedOrder) -> FoundOrder | None:
        """Look for an order of that number. See ``OrderExportService.find``."""
        async with self._watched():
            return await self._service.find(placed)

    def preview(self, placed: PlacedOrder) -> Mapping[str, Any]:
        """The document that ``submit`` would send. See ``OrderExportService.preview``."""
        return self._service.preview(placed)

    def notes(self, placed: PlacedOrder) -> Sequence[str]:
        """The losses that the configuration permits. See ``OrderExportService.notes``."""
        return self._service.notes(placed)

    async def aclose(self) -> None:
        """Give connections back."""
        await self._service.aclose()

    @asynccontextmanager
    async def _watched(self) -> AsyncIterator[None]:
        began = self._monotonic()
        try:
            yield
        except OrderRefusedError:
            self._watch.report(Outcome.ANSWERED, self._monotonic() - began)
            raise
        except (ExportUnavailableError, OutcomeUnclearError) as error:
            self._watch.report(
                Outcome.FAILED if error.retry_after is None else Outcome.THROTTLED,
                self._monotonic() - began,
                retry_after=error.retry_after,
                code=error.code,
                reason=error.message,
            )
            raise
        self._watch.report(Outcome.ANSWERED, self._monotonic() - began)
