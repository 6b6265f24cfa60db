"""An order export service that tells how its endpoint fares."""

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from iomconnector.model.endpoints import CircuitState, Endpoint, EndpointState, Outcome
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

    @property
    def state(self) -> EndpointState | None:
        """What is known of the endpoint; none where nothing is."""
        ...

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


@dataclass(slots=True)
class LatestFailure:
    """The order whose request failed last at an endpoint; none where the last request was answered."""

    number: str | None = None


class WatchedExportService:
    """Implements :class:`~iomconnector.ports.order_export_service.OrderExportService` with another one, for
    one attempt.

    A refusal of one order is an answer; wrong credentials are a failure of the endpoint, since it refuses
    everybody. An order that cannot be mapped tells nothing: it was not sent. Where sending failed, the answer
    to the question what became of it is none: an endpoint that answers questions and takes no orders fails.
    An order that fails again and again tells nothing new of an endpoint whose circuit is closed: it alone
    does not open it for all others.

    Arguments:
        service: The one that does it.
        watch: Is told of each request.
        latest: What all attempts on the endpoint know of the latest failure.
        monotonic: Measures durations, in seconds.
    """

    def __init__(
        self,
        service: OrderExportService,
        watch: Watch,
        latest: LatestFailure | None = None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._service = service
        self._watch = watch
        self._latest = latest or LatestFailure()
        self._monotonic = monotonic
        self._sending_failed = False

    @property
    def endpoint(self) -> Endpoint:
        """What the requests go to."""
        return self._service.endpoint

    async def submit(self, placed: PlacedOrder) -> Receipt:
        """Send the order once. See ``OrderExportService.submit``."""
        async with self._watched(placed):
            try:
                return await self._service.submit(placed)
            except OutcomeUnclearError:
                self._sending_failed = True
                raise

    async def find(self, placed: PlacedOrder) -> FoundOrder | None:
        """Look for an order of that number. See ``OrderExportService.find``."""
        async with self._watched(placed):
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
    async def _watched(self, placed: PlacedOrder) -> AsyncIterator[None]:
        began = self._monotonic()
        try:
            yield
        except OrderRefusedError:
            self._answered(began)
            raise
        except (ExportUnavailableError, OutcomeUnclearError) as error:
            self._failed(error, began, placed.order.number)
            raise
        self._answered(began)

    def _answered(self, began: float) -> None:
        if not self._sending_failed:
            self._latest.number = None
            self._watch.report(Outcome.ANSWERED, self._monotonic() - began)

    def _failed(self, error: ExportUnavailableError | OutcomeUnclearError, began: float, number: str) -> None:
        throttled = error.retry_after is not None
        again, self._latest.number = self._latest.number == number, number
        if again and not throttled and self._is_closed():
            return
        self._watch.report(
            Outcome.THROTTLED if throttled else Outcome.FAILED,
            self._monotonic() - began,
            retry_after=error.retry_after,
            code=error.code,
            reason=error.message,
        )

    def _is_closed(self) -> bool:
        state = self._watch.state
        return state is None or state.circuit is CircuitState.CLOSED
