"""No number comes twice: whatever is configured, dies, is moved on, or happens to the clock."""

import asyncio
import sys
import threading
from collections.abc import Callable
from contextlib import aclosing
from datetime import timedelta
from typing import TypeVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from iomconnector.errors import StorageError
from iomconnector.model.number_patterns import value_of
from iomconnector.model.order_number_sequences import (
    SequenceExhaustedError,
    SequenceSettingsError,
    SequenceState,
    SequenceWouldRepeatError,
    day_of,
)
from iomconnector.ports.sequence_store import SequenceChange
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import Database
from iomconnector.storage.order_number_sequence import SqlSequenceStore
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import (
    ManualClock,
    MemoryAuditTrail,
    MemoryContextRepository,
    MemorySequenceStore,
)
from iomconnector.testing.placing_stage import PlacingStage
from iomconnector.testing.samples import CONTEXTS, NOON, ORGANIZATION
from iomconnector.usecases.blockwise_sequence import BlockwiseSequence

PATTERNS = st.sampled_from(
    [
        "{number:08d}",
        "{number}",
        "{date:YYYYMMDD}{number:02d}",
        "1{number}",
        "{number}0",
        "9{date:YYMMDD}{number}",
    ]
)
PROCESSES = st.integers(0, 2)

T = TypeVar("T")


class SequencesOfManyProcesses(RuleBasedStateMachine):
    """Several processes on one store take numbers, die, and are reconfigured under way."""

    @initialize()
    def begin(self) -> None:
        self.stage = PlacingStage()
        self.processes = [self._process() for _ in range(3)]
        self.given: list[str] = []
        self.loop = asyncio.new_event_loop()

    def _process(self) -> BlockwiseSequence:
        return BlockwiseSequence(self.stage.store, self.stage.clock)

    @rule(process=PROCESSES, count=st.integers(1, 12))
    def take(self, process: int, count: int) -> None:
        async def take() -> list[str]:
            sequence = self.processes[process]
            return list(await asyncio.gather(*(sequence.next_number(ORGANIZATION) for _ in range(count))))

        try:
            self.given += self.loop.run_until_complete(take())
        except SequenceExhaustedError:
            state = self.loop.run_until_complete(self.stage.store.get(ORGANIZATION))
            assert state.settings.numbers.length(state.next_counter) > state.settings.max_length
        except SequenceWouldRepeatError:
            state = self.loop.run_until_complete(self.stage.store.get(ORGANIZATION))
            assert value_of(state.next_number(day_of(self.stage.clock.now()))) <= state.floor

    @rule(process=PROCESSES)
    def die(self, process: int) -> None:
        self.processes[process] = self._process()

    @rule(
        start=st.none() | st.integers(-1, 150),
        block_size=st.integers(1, 7),
        prefix=st.sampled_from(["", "", "1", "00"]),
        pattern=PATTERNS,
        max_length=st.sampled_from([3, 8, 50]),
    )
    def configure(
        self, start: int | None, block_size: int, prefix: str, pattern: str, max_length: int
    ) -> None:
        changes = {
            "block_size": block_size,
            "prefix": prefix,
            "pattern": pattern,
            "max_length": max_length,
        }
        before = self.loop.run_until_complete(self.stage.store.get(ORGANIZATION))
        try:
            after = self.loop.run_until_complete(
                self.stage.sequences.change(ORGANIZATION, changes, start=start, by="anna")
            )
        except (SequenceSettingsError, SequenceWouldRepeatError, SequenceExhaustedError):
            assert self.loop.run_until_complete(self.stage.store.get(ORGANIZATION)) == before
        else:
            assert after.next_counter >= before.next_counter

    @rule(forward=st.sampled_from([timedelta(seconds=1), timedelta(hours=13), timedelta(days=40)]))
    def time_passes(self, forward: timedelta) -> None:
        self.stage.clock.advance(forward)

    @rule(back=st.sampled_from([timedelta(seconds=1), timedelta(hours=13), timedelta(days=40)]))
    def the_clock_is_set_back(self, back: timedelta) -> None:
        self.stage.clock.advance_to(NOON)
        self.stage.clock._now -= back

    @precondition(lambda self: hasattr(self, "given"))
    @invariant()
    def no_number_came_twice(self) -> None:
        assert len(set(self.given)) == len(self.given)

    @precondition(lambda self: hasattr(self, "given"))
    @invariant()
    def the_database_knows_the_largest_value(self) -> None:
        state = self.loop.run_until_complete(self.stage.store.get(ORGANIZATION))
        assert max(map(value_of, self.given), default=0) <= state.largest_value

    def teardown(self) -> None:
        if hasattr(self, "loop"):
            self.loop.close()


TestSequencesOfManyProcesses = SequencesOfManyProcesses.TestCase


def test_threads_that_share_a_sequence_get_different_numbers() -> None:
    stage = PlacingStage()
    numbers: list[list[str]] = [[] for _ in range(8)]
    begin = threading.Barrier(8)

    def work(at: int) -> None:
        async def take() -> None:
            numbers[at] = list(
                await asyncio.gather(*(stage.sequence.next_number(ORGANIZATION) for _ in range(400)))
            )

        begin.wait()
        asyncio.run(take())

    threads = [threading.Thread(target=work, args=(at,)) for at in range(8)]
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(usual)
    given = [number for each in numbers for number in each]
    assert len(given) == len(set(given)) == 3200


def test_threads_with_connections_of_their_own_get_different_numbers(each_database: Database) -> None:
    url = each_database.url.render_as_string(hide_password=False)
    numbers: list[list[str]] = [[] for _ in range(4)]
    begin = threading.Barrier(4)

    async def prepare() -> None:
        async with aclosing(each_database):
            for context in CONTEXTS:
                await SqlContextRepository(each_database).save(context)

    def work(at: int) -> None:
        async def take() -> None:
            async with aclosing(Database(url)) as database:
                sequence = BlockwiseSequence(SqlSequenceStore(database), ManualClock())
                numbers[at] = list(
                    await asyncio.gather(*(sequence.next_number(ORGANIZATION) for _ in range(500)))
                )

        begin.wait()
        asyncio.run(take())

    asyncio.run(prepare())
    threads = [threading.Thread(target=work, args=(at,)) for at in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    given = [number for each in numbers for number in each]
    assert len(given) == len(set(given)) == 2000


@in_event_loop
async def test_a_process_asks_the_database_once_a_block() -> None:
    stage = PlacingStage()
    numbers = await asyncio.gather(*(stage.sequence.next_number(ORGANIZATION) for _ in range(120)))
    assert sorted(numbers) == [f"{counter:08d}" for counter in range(1, 121)]
    assert (await stage.store.get(ORGANIZATION)).next_counter == 151


@in_event_loop
async def test_a_change_reaches_running_processes_within_a_second() -> None:
    stage = PlacingStage()
    assert await stage.sequence.next_number(ORGANIZATION) == "00000001"
    await stage.sequences.change(ORGANIZATION, {"block_size": 10}, start=20160128017074, by="anna")
    stage.clock.advance(timedelta(seconds=1))
    assert await stage.sequence.next_number(ORGANIZATION) == "20160128017074"
    stage.clock.advance(timedelta(days=3))
    assert await stage.sequence.next_number(ORGANIZATION) == "20160128017075", "nothing changed since"


@in_event_loop
async def test_a_number_with_a_date_shows_the_day_on_which_it_is_given() -> None:
    stage = PlacingStage()
    await stage.sequences.change(ORGANIZATION, {"pattern": "{date:YYYYMMDD}{number:03d}"}, by="anna")
    assert await stage.sequence.next_number(ORGANIZATION) == "20261102001"
    stage.clock.advance(timedelta(hours=12))
    assert await stage.sequence.next_number(ORGANIZATION) == "20261103051", "the rest of the block is a gap"


@in_event_loop
async def test_a_clock_that_is_set_back_before_an_earlier_pattern_gives_no_number() -> None:
    clock = ManualClock(NOON)
    stage = PlacingStage(clock)
    await stage.sequences.change(ORGANIZATION, {"prefix": "20261102", "pattern": "{number:04d}"}, by="anna")
    assert await stage.sequence.next_number(ORGANIZATION) == "202611020001"
    dated = {"prefix": "", "pattern": "{date:YYYYMMDD}{number:04d}"}
    await stage.sequences.change(ORGANIZATION, dated, by="anna")
    yesterday = BlockwiseSequence(stage.store, ManualClock(NOON - timedelta(days=1)))
    with pytest.raises(SequenceWouldRepeatError, match=r"202611010051, .* up to 202611020050 .* clock"):
        await yesterday.next_number(ORGANIZATION)
    assert await BlockwiseSequence(stage.store, clock).next_number(ORGANIZATION) == "202611020051"


@in_event_loop
async def test_a_block_ends_where_its_numbers_would_be_too_long_and_then_there_are_none() -> None:
    stage = PlacingStage()
    await stage.sequences.change(
        ORGANIZATION, {"pattern": "{number}", "max_length": 2, "block_size": 50}, start=60, by="anna"
    )
    numbers = [await stage.sequence.next_number(ORGANIZATION) for _ in range(40)]
    assert numbers == [str(counter) for counter in range(60, 100)]
    with pytest.raises(SequenceExhaustedError, match="would be 100, which is longer than 2 characters"):
        await stage.sequence.next_number(ORGANIZATION)


class _Failing(MemorySequenceStore):
    fails = True

    async def update(self, organization: str, change: Callable[[SequenceState], SequenceChange[T]]) -> T:
        if self.fails:
            raise StorageError("The disk is full.")
        return await super().update(organization, change)


@in_event_loop
async def test_a_database_that_fails_gives_no_number_and_then_goes_on() -> None:
    store = _Failing(MemoryContextRepository(CONTEXTS), MemoryAuditTrail())
    sequence = BlockwiseSequence(store, ManualClock())
    for _ in range(2):
        asked = await asyncio.gather(
            *(sequence.next_number(ORGANIZATION) for _ in range(5)), return_exceptions=True
        )
        assert [str(each) for each in asked] == ["The disk is full."] * 5
    store.fails = False
    assert await sequence.next_number(ORGANIZATION) == "00000001"
