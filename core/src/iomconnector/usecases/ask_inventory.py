"""Asking an inventory service: through its circuit, and never for ever."""

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from iomconnector.errors import ConnectorError
from iomconnector.model.endpoints import Outcome
from iomconnector.observability.telemetry import Telemetry
from iomconnector.ports.clock import Clock
from iomconnector.ports.inventory_service import InventoryUnavailableError
from iomconnector.usecases.cached_stock import StockFinding
from iomconnector.usecases.gate import Gate
from iomconnector.usecases.gates import Gates
from iomconnector.usecases.inventory_source import InventorySource
from iomconnector.usecases.question_outcomes import report_failure
from iomconnector.usecases.time_limit import within

LONGEST_QUESTION = timedelta(seconds=60)
"""A question that has no answer by then failed, whatever the adapter says."""


class AskInventory:
    """Asks, and tells the circuit what became of it.

    Arguments:
        gates: The gates of this process.
        clock: Tells the time.
        telemetry: Counts the questions.
        longest: A question that has no answer by then failed.
        monotonic: Measures durations, in seconds.
    """

    def __init__(
        self,
        gates: Gates,
        clock: Clock,
        telemetry: Telemetry,
        *,
        longest: timedelta = LONGEST_QUESTION,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._gates = gates
        self._clock = clock
        self._telemetry = telemetry
        self._longest = longest
        self._monotonic = monotonic

    async def stock(
        self, source: InventorySource, channel: str, skus: Sequence[str], reservation: str | None
    ) -> Mapping[str, StockFinding]:
        """Ask what there is of products.

        Arguments:
            source: Who is asked.
            channel: For which channel.
            skus: The products.
            reservation: A reservation whose pieces count as available.

        Returns:
            What was found out, for each product.

        Raises:
            GateClosedError: The circuit is open.
            InventoryUnavailableError: The service could not answer.
        """
        async with self.watched(source, channel):
            asked_at = self._clock.now()
            found = await source.service.availability(skus, reservation)
        return {sku: StockFinding(found.get(sku), asked_at) for sku in skus}

    @asynccontextmanager
    async def watched(self, source: InventorySource, channel: str) -> AsyncIterator[None]:
        """Ask one question inside the block; one that takes too long fails. A refusal is an answer.

        Raises:
            GateClosedError: The circuit is open.
            InventoryUnavailableError: The service could not answer.
        """
        gate = self._gates.of(source.endpoint)
        async with gate.passed():
            began = self._monotonic()
            try:
                async with within(self._longest, source.service.endpoint.name, InventoryUnavailableError):
                    yield
            except InventoryUnavailableError as error:
                self._telemetry.asked_for_stock(channel, "failed")
                report_failure(gate, error, self._monotonic() - began)
                raise
            except ConnectorError:
                self._answered(gate, channel, began)
                raise
            self._answered(gate, channel, began)

    def _answered(self, gate: Gate, channel: str, began: float) -> None:
        self._telemetry.asked_for_stock(channel, "answered")
        gate.report(Outcome.ANSWERED, self._monotonic() - began)
