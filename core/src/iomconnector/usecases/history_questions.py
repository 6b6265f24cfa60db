"""Questions about orders that are under way in this process: one for all who ask the same."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256

import structlog

from iomconnector.errors import ConnectorError
from iomconnector.model.order_history import NotAsked
from iomconnector.ports.cache import Cache
from iomconnector.ports.clock import Clock
from iomconnector.ports.order_state_store import OrderStateStore
from iomconnector.usecases.ask_history import AskHistory
from iomconnector.usecases.cached_states import CachedStates, Finding
from iomconnector.usecases.gate_closed import GateClosedError
from iomconnector.usecases.history_source import HistorySource

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question brought.

    Arguments:
        findings: What was found out, by number.
        reason: Why there is nothing about the other orders; none where all is said.
    """

    findings: Mapping[str, Finding]
    reason: NotAsked | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What is asked.

    Arguments:
        source: Who is asked.
        channel: The channel of the orders.
        customer: Whose orders these are.
        keep: For how long an earlier answer is good enough.
    """

    source: HistorySource
    channel: str
    customer: str
    keep: timedelta


@dataclass(eq=False, slots=True)
class _Question:
    numbers: tuple[str, ...]
    task: "asyncio.Task[Answer] | None" = None
    waiting: int = 0
    sent: bool = False
    keys: tuple[str, ...] = field(default=())


class HistoryQuestions:
    """Asks each question once at a time, of all tasks and processes of the machine.

    Nobody waits for longer than the budget: a question that is slower goes on in the background, and its
    answer is kept.

    So many go to one endpoint at a time as its rule allows; one that was not sent yet when nobody waits for
    it any more is dropped.

    Arguments:
        ask: Asks.
        cached: What is cached.
        cache: Lets one in at a time.
        store: The last known states.
        clock: Tells the time.
    """

    def __init__(
        self,
        ask: AskHistory,
        cached: CachedStates,
        cache: Cache,
        store: OrderStateStore,
        clock: Clock,
    ) -> None:
        self._ask = ask
        self._cached = cached
        self._cache = cache
        self._store = store
        self._clock = clock
        self._under_way: dict[str, _Question] = {}
        self._rooms: dict[str, asyncio.Semaphore] = {}
        self._tasks: set[asyncio.Task[Answer]] = set()
        self._closed = False

    @property
    def under_way(self) -> int:
        """How many questions have no answer yet."""
        return len(self._tasks)

    async def answers(
        self, subject: Subject, numbers: Sequence[str], budget: timedelta
    ) -> tuple[dict[str, Finding], dict[str, NotAsked]]:
        """Ask about orders, and wait no longer than the budget.

        Returns:
            What was found out, and for each of the other orders why there is nothing, by number.
        """
        if self._closed or not numbers:
            return {}, dict.fromkeys(numbers, NotAsked.UNAVAILABLE)
        questions = self._questions(subject, numbers)
        for question in questions:
            question.waiting += 1
        try:
            await asyncio.wait(
                [question.task for question in questions if question.task is not None],
                timeout=budget.total_seconds(),
            )
        finally:
            for question in questions:
                self._leave(question)
        found: dict[str, Finding] = {}
        reasons: dict[str, NotAsked] = {}
        for question, asked in questions.items():
            answer = _answer_of(question)
            for number in asked:
                if number in answer.findings:
                    found[number] = answer.findings[number]
                else:
                    reasons[number] = answer.reason or NotAsked.UNAVAILABLE
        return found, reasons

    async def aclose(self) -> None:
        """End what runs in the background."""
        self._closed = True
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(set(self._tasks))

    def _questions(self, subject: Subject, numbers: Sequence[str]) -> dict[_Question, list[str]]:
        """Those that are under way already, and one more for the orders that nobody asks about yet."""
        questions: dict[_Question, list[str]] = {}
        mine: list[str] = []
        for number in numbers:
            question = self._under_way.get(_key(subject, number))
            if question is None:
                mine.append(number)
            else:
                questions.setdefault(question, []).append(number)
        if mine:
            questions[self._begun(subject, tuple(mine))] = mine
        return questions

    def _begun(self, subject: Subject, numbers: tuple[str, ...]) -> _Question:
        question = _Question(numbers, keys=tuple(_key(subject, number) for number in numbers))
        question.task = asyncio.create_task(self._answered(subject, question), name="ask for order states")
        self._tasks.add(question.task)
        for key in question.keys:
            self._under_way[key] = question

        def ended(task: asyncio.Task[Answer]) -> None:
            self._tasks.discard(task)
            self._forget(question)

        question.task.add_done_callback(ended)
        return question

    def _forget(self, question: _Question) -> None:
        for key in question.keys:
            if self._under_way.get(key) is question:
                del self._under_way[key]

    def _leave(self, question: _Question) -> None:
        question.waiting -= 1
        if question.waiting == 0 and not question.sent and question.task is not None:
            question.task.cancel()
            self._forget(question)

    async def _answered(self, subject: Subject, question: _Question) -> Answer:
        """Never raises: what went wrong is a reason."""
        try:
            return await self._alone(subject, question)
        except GateClosedError:
            return Answer({}, NotAsked.CIRCUIT_OPEN)
        except ConnectorError as error:
            log.warning(
                "an order management system tells nothing of orders",
                channel=subject.channel,
                reason=error.message,
            )
        except Exception:
            log.exception("asking for order states failed unexpectedly", channel=subject.channel)
        return Answer({}, NotAsked.UNAVAILABLE)

    async def _alone(self, subject: Subject, question: _Question) -> Answer:
        source = subject.source
        at_most = max(source.service.rules.budget, timedelta(seconds=1))
        lock = "asking-" + sha256("".join(sorted(question.keys)).encode()).hexdigest()
        async with self._cache.alone(lock, at_most=at_most):
            versions = await self._store.versions(subject.channel, question.numbers)
            found = await self._cached.findings(
                source,
                subject.customer,
                versions,
                question.numbers,
                now=self._clock.now(),
                keep=subject.keep,
            )
            missing = [number for number in question.numbers if number not in found]
            if missing:
                async with self._room(source):
                    question.sent = True
                    asked = await self._ask.states(
                        source, subject.channel, subject.customer, missing, versions
                    )
                await self._cached.keep(source, subject.customer, asked)
                found |= asked
        return Answer(found)

    def _room(self, source: HistorySource) -> asyncio.Semaphore:
        endpoint = source.endpoint
        if endpoint.name not in self._rooms:
            self._rooms[endpoint.name] = asyncio.Semaphore(endpoint.rule.concurrency)
        return self._rooms[endpoint.name]


def _key(subject: Subject, number: str) -> str:
    return subject.source.key(subject.customer, number)


def _answer_of(question: _Question) -> Answer:
    task = question.task
    if task is None or not task.done():
        return Answer({}, NotAsked.TOO_SLOW)
    return Answer({}, NotAsked.TOO_SLOW) if task.cancelled() else task.result()
