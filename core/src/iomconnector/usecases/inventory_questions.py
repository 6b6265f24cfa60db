"""Questions about products that are under way in this process: one for all who ask at the same time."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from iomconnector.errors import ConnectorError
from iomconnector.model.availability import AvailabilityReason
from iomconnector.usecases.ask_inventory import AskInventory
from iomconnector.usecases.cached_stock import CachedStock, StockFinding
from iomconnector.usecases.gate_closed import GateClosedError
from iomconnector.usecases.inventory_source import InventorySource

log = structlog.get_logger(__name__)

AT_ONCE = 4
"""So many questions to one endpoint are under way at a time at most: who comes meanwhile asks together with
the others who come meanwhile."""

MOST_PRODUCTS = 500
"""So many products are asked for together."""


@dataclass(frozen=True, slots=True)
class StockAnswer:
    """What a question brought.

    Arguments:
        findings: What was found out, by SKU.
        reason: Why there is nothing about the other products; none where all is said.
    """

    findings: Mapping[str, StockFinding]
    reason: AvailabilityReason | None = None


@dataclass(frozen=True, slots=True)
class StockSubject:
    """What is asked.

    Arguments:
        source: Who is asked.
        channel: For which channel.
        reservation: A reservation whose pieces count as available.
    """

    source: InventorySource
    channel: str
    reservation: str | None = None

    @property
    def key(self) -> tuple[str, str | None]:
        """What is asked together has the same key."""
        return self.source.identity, self.reservation


@dataclass(eq=False, slots=True)
class _Question:
    subject: StockSubject
    skus: Counter[str] = field(default_factory=Counter)
    task: "asyncio.Task[StockAnswer] | None" = None
    sent_at: float | None = None

    @property
    def sent(self) -> bool:
        return self.sent_at is not None

    def takes(self, sku: str) -> bool:
        return not self.sent and (sku in self.skus or len(self.skus) < MOST_PRODUCTS)


class InventoryQuestions:
    """Asks for all who ask at the same time together.

    Nobody waits for longer than the budget: a question that is slower goes on in the background, and its
    answer is kept. Who comes later does not wait for it again, nor for a turn behind questions that are all
    slower. One that was not sent yet when nobody waits for it any more is dropped.

    Arguments:
        ask: Asks.
        cached: Keeps the answers.
        monotonic: Measures durations, in seconds.
    """

    def __init__(
        self, ask: AskInventory, cached: CachedStock, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._ask = ask
        self._cached = cached
        self._gathering: dict[tuple[str, str | None], _Question] = {}
        self._not_sent: dict[tuple[tuple[str, str | None], str], _Question] = {}
        self._under_way: dict[tuple[str, str], _Question] = {}
        self._monotonic = monotonic
        self._rooms: dict[str, asyncio.Semaphore] = {}
        self._inside: dict[str, set[_Question]] = {}
        self._tasks: set[asyncio.Task[StockAnswer]] = set()
        self._closed = False

    async def answers(
        self, subject: StockSubject, skus: Sequence[str], *, fresh: bool, budget: timedelta
    ) -> tuple[dict[str, StockFinding], dict[str, AvailabilityReason]]:
        """Ask about products, and wait no longer than the budget.

        Arguments:
            subject: Who is asked.
            skus: The products.
            fresh: Whether only answers count to questions that were sent from now on.
            budget: How long to wait.

        Returns:
            What was found out, and for each of the other products why there is nothing, by SKU.
        """
        if self._closed or not skus:
            return {}, dict.fromkeys(skus, AvailabilityReason.UNAVAILABLE)
        questions: dict[_Question, list[str]] = {}
        for sku in skus:
            question = self._question(subject, sku, fresh=fresh)
            question.skus[sku] += 1
            questions.setdefault(question, []).append(sku)
        try:
            await asyncio.wait(
                [question.task for question in questions if question.task is not None],
                timeout=max(self._patience(question, budget.total_seconds()) for question in questions),
            )
        finally:
            for question, asked in questions.items():
                self._leave(question, asked)
        found: dict[str, StockFinding] = {}
        reasons: dict[str, AvailabilityReason] = {}
        for question, asked in questions.items():
            answer = _answer_of(question)
            for sku in asked:
                if sku in answer.findings:
                    found[sku] = answer.findings[sku]
                else:
                    reasons[sku] = answer.reason or AvailabilityReason.UNAVAILABLE
        return found, reasons

    async def aclose(self) -> None:
        """End what runs in the background."""
        self._closed = True
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(set(self._tasks))

    def _patience(self, question: _Question, budget: float) -> float:
        """How many seconds it is worth to wait: what was sent, or the last of those before it, may take the
        budget in all."""
        sent_at = question.sent_at
        if sent_at is None:
            if not self._room(question.subject.source).locked():
                return budget
            inside = self._inside[question.subject.source.endpoint.name]
            sent_at = max((each.sent_at for each in inside if each.sent_at is not None), default=None)
        return budget if sent_at is None else max(0.0, budget - (self._monotonic() - sent_at))

    def _question(self, subject: StockSubject, sku: str, *, fresh: bool) -> _Question:
        """One that is under way already where that is good enough, or the next one."""
        if not fresh and subject.reservation is None:
            under_way = self._under_way.get((subject.source.identity, sku))
            if under_way is not None:
                return under_way
        wanted = subject.key, sku
        question = self._not_sent.get(wanted) or self._gathering.get(subject.key)
        if question is None or not question.takes(sku):
            question = self._gathering[subject.key] = self._begun(subject)
        self._not_sent[wanted] = question
        return question

    def _leave(self, question: _Question, skus: Sequence[str]) -> None:
        """Nobody of these waits any more: what was not sent yet and nobody else waits for is not sent."""
        question.skus.subtract(skus)
        if question.sent:
            return
        self._take_off(question, [sku for sku in skus if question.skus[sku] <= 0])
        question.skus = +question.skus
        if not question.skus and question.task is not None:
            question.task.cancel()
            self._forget(question)

    def _take_off(self, question: _Question, skus: Iterable[str]) -> None:
        """These products are not gathered by this question any more."""
        for sku in skus:
            wanted = question.subject.key, sku
            if self._not_sent.get(wanted) is question:
                del self._not_sent[wanted]

    def _begun(self, subject: StockSubject) -> _Question:
        question = _Question(subject)
        question.task = asyncio.create_task(self._answered(question), name="ask for stock")
        self._tasks.add(question.task)

        def ended(task: "asyncio.Task[StockAnswer]") -> None:
            self._tasks.discard(task)
            self._forget(question)

        question.task.add_done_callback(ended)
        return question

    def _forget(self, question: _Question) -> None:
        if self._gathering.get(question.subject.key) is question:
            del self._gathering[question.subject.key]
        self._take_off(question, question.skus)
        for sku in question.skus:
            key = question.subject.source.identity, sku
            if self._under_way.get(key) is question:
                del self._under_way[key]

    async def _answered(self, question: _Question) -> StockAnswer:
        """Never raises: what went wrong is a reason."""
        subject = question.subject
        try:
            async with self._room(subject.source):
                inside = self._inside[subject.source.endpoint.name]
                inside.add(question)
                try:
                    return await self._asked(question)
                finally:
                    inside.discard(question)
        except GateClosedError:
            return StockAnswer({}, AvailabilityReason.CIRCUIT_OPEN)
        except ConnectorError as error:
            log.warning(
                "an inventory service tells nothing of products",
                channel=subject.channel,
                reason=error.message,
            )
        except Exception:
            log.exception("asking for stock failed unexpectedly", channel=subject.channel)
        return StockAnswer({}, AvailabilityReason.UNAVAILABLE)

    async def _asked(self, question: _Question) -> StockAnswer:
        question.sent_at = self._monotonic()
        subject, skus = question.subject, list(question.skus)
        self._take_off(question, skus)
        kept = subject.reservation is None
        if kept:
            self._under_way.update({(subject.source.identity, sku): question for sku in skus})
        findings = await self._ask.stock(subject.source, subject.channel, skus, subject.reservation)
        if kept:
            await self._cached.keep(subject.source, findings)
        return StockAnswer(findings)

    def _room(self, source: InventorySource) -> asyncio.Semaphore:
        endpoint = source.endpoint
        if endpoint.name not in self._rooms:
            self._rooms[endpoint.name] = asyncio.Semaphore(min(AT_ONCE, endpoint.rule.concurrency))
            self._inside[endpoint.name] = set()
        return self._rooms[endpoint.name]


def _answer_of(question: _Question) -> StockAnswer:
    task = question.task
    if task is None or not task.done() or task.cancelled():
        return StockAnswer({}, AvailabilityReason.TOO_SLOW)
    return task.result()
