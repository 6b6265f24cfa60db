"""Asking an order management system about orders: through its circuit, and with a ticket."""

import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog

from iomconnector.model.endpoints import Outcome
from iomconnector.model.order_states import OrderState
from iomconnector.observability.telemetry import Telemetry
from iomconnector.ports.clock import Clock
from iomconnector.ports.document_service import (
    DocumentNotFoundError,
    DocumentRefusedError,
    DocumentsBusyError,
)
from iomconnector.ports.order_history_service import HistoryUnavailableError
from iomconnector.ports.order_state_store import KnownState, OrderStateStore
from iomconnector.usecases.cached_states import Finding, is_of
from iomconnector.usecases.gate import Gate
from iomconnector.usecases.gates import Gates
from iomconnector.usecases.history_source import HistorySource
from iomconnector.usecases.question_outcomes import report_failure
from iomconnector.usecases.time_limit import within

log = structlog.get_logger(__name__)

LONGEST_QUESTION = timedelta(seconds=60)
"""A question about orders that has no answer by then failed, whatever the adapter says."""


class AskHistory:
    """Asks, tells the circuit what became of it, and keeps what was learnt.

    Arguments:
        store: The last known states.
        gates: The gates of this process.
        clock: Tells the time.
        telemetry: Counts the questions.
        longest: A question that has no answer by then failed.
        monotonic: Measures durations, in seconds.
    """

    def __init__(
        self,
        store: OrderStateStore,
        gates: Gates,
        clock: Clock,
        telemetry: Telemetry,
        *,
        longest: timedelta = LONGEST_QUESTION,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._longest = longest
        self._gates = gates
        self._clock = clock
        self._telemetry = telemetry
        self._monotonic = monotonic

    async def states(
        self,
        source: HistorySource,
        channel: str,
        customer: str,
        numbers: Sequence[str],
        versions: Mapping[str, int],
    ) -> dict[str, Finding]:
        """Ask about orders, and keep the answer unless something newer is known.

        Arguments:
            source: Who is asked.
            channel: The channel of the orders.
            customer: Whose orders these are; what stands there under their numbers and is another
                customer's counts as not there.
            numbers: The numbers of the orders.
            versions: The versions that stood in the store.

        Returns:
            What stands now, for each number. An order of which something newer became known meanwhile and
            cannot be read, or was erased, is left out.

        Raises:
            GateClosedError: The circuit is open.
            HistoryUnavailableError: The system could not answer.
            StorageError: The answer could not be kept, so it must not be shown.
        """
        async with self._watched(source, channel):
            ticket = await self._store.ticket(channel)
            async with within(self._longest, source.service.endpoint.name, HistoryUnavailableError):
                answer = await source.service.states(numbers)
        states = self._own(answer, customer, frozenset(numbers))
        observed_at = self._clock.now()
        kept: Mapping[str, KnownState] = {}
        if states:
            kept = await self._store.keep(
                channel, list(states.values()), ticket=ticket, observed_at=observed_at
            )
        findings = {
            number: Finding(known.state, known.version, known.observed_at)
            for number, known in kept.items()
            if number in states and is_of(known.state, customer, number)
        }
        absent = (number for number in numbers if number not in states)
        findings.update({each: Finding(None, versions.get(each, 0), observed_at) for each in absent})
        return findings

    @asynccontextmanager
    async def document(self, source: HistorySource) -> AsyncIterator["DocumentQuestion"]:
        """Ask for a document inside the block; its answer is told with ``answered``.

        Raises:
            GateClosedError: The circuit is open.
        """
        question = DocumentQuestion(self._gates.of(source.endpoint), self._monotonic)
        async with question.gate.passed():
            try:
                yield question
            except (DocumentNotFoundError, DocumentRefusedError, DocumentsBusyError):
                question.answered()
                raise
            except HistoryUnavailableError as error:
                question.failed(error)
                raise

    @asynccontextmanager
    async def _watched(self, source: HistorySource, channel: str) -> AsyncIterator[None]:
        gate = self._gates.of(source.endpoint)
        async with gate.passed():
            began = self._monotonic()
            try:
                yield
            except HistoryUnavailableError as error:
                self._telemetry.asked_for_states(channel, "failed")
                report_failure(gate, error, self._monotonic() - began)
                raise
            self._telemetry.asked_for_states(channel, "answered")
            gate.report(Outcome.ANSWERED, self._monotonic() - began)

    def _own(
        self, answer: Sequence[OrderState], customer: str, asked: frozenset[str]
    ) -> dict[str, OrderState]:
        own = {}
        for state in answer:
            if state.number in asked and is_of(state, customer, state.number):
                own[state.number] = state
            else:
                log.warning(
                    "the answer to a question about orders has another customer's order",
                    order=state.number,
                    asked_for=state.number in asked,
                )
        return own


class DocumentQuestion:
    """A question for a document that is under way.

    Arguments:
        gate: Is told what becomes of it, once.
        monotonic: Measures durations, in seconds.
    """

    def __init__(self, gate: Gate, monotonic: Callable[[], float]) -> None:
        self.gate = gate
        self._monotonic = monotonic
        self._began = monotonic()
        self._told = False

    def answered(self) -> None:
        """The document comes, or there is none."""
        if not self._told:
            self._told = True
            self.gate.report(Outcome.ANSWERED, self._monotonic() - self._began)

    def failed(self, error: HistoryUnavailableError) -> None:
        """It does not come."""
        if not self._told:
            self._told = True
            report_failure(self.gate, error, self._monotonic() - self._began)
