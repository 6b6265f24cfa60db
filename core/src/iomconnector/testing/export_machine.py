"""A Hypothesis state machine: exactly one copy of every order, under any interleaving of faults."""

import asyncio
from collections.abc import Coroutine, Sequence
from datetime import timedelta
from typing import Any, ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from iomconnector.model.exports import ExportState
from iomconnector.ports.order_repository import StoredOrder
from iomconnector.testing.contracts.order_storage import OrderStorage
from iomconnector.testing.export_fates import FATES, Fate, prepare_far_side
from iomconnector.testing.interleaving import Attempt, Call, CallKind, Interleaving
from iomconnector.testing.memory.clock import ManualClock
from iomconnector.testing.memory.order_management import MemoryOrderManagement
from iomconnector.usecases.export_orders import ABANDONED, EXHAUSTED, RetryPolicy

T = TypeVar("T")

LEASE = timedelta(minutes=2)
POLICY = RetryPolicy(base=timedelta(seconds=1), limit=timedelta(minutes=1), max_attempts=2, max_abandoned=2)
PICK = st.integers(0, 20)


class ExportMachine(RuleBasedStateMachine):
    """Attempts of any number of exporters on up to four orders, in memory.

    A request that nobody waits for any more may arrive later, and an exporter that lost its lease goes on.
    What keeps the copies single then is that the order management system takes a number once, and that the
    exporter understands its refusal.
    """

    unique_numbers: ClassVar[bool] = True
    kinds: ClassVar[Sequence[str]] = ("plain", "plain", "plain", *FATES)

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.clock = ManualClock()
        self.management = MemoryOrderManagement(unique_numbers=self.unique_numbers)
        self.late: list[Call] = []
        self.fates: dict[str, Fate] = {}
        self.exported: dict[str, str | None] = {}
        self.storage = self.run(self.open())
        self.world = Interleaving(self.storage.ledger, self.management, self.clock, POLICY)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run until every attempt stands again."""
        return self.loop.run_until_complete(work)

    async def open(self) -> OrderStorage:
        """The orders and their ledger."""
        return OrderStorage.in_memory(self.clock)

    async def close(self) -> None:
        """Give back what :meth:`open` took."""

    @property
    def attempts(self) -> list[Attempt]:
        """The attempts that go on."""
        return self.world.attempts

    def _choose(self, pick: int) -> tuple[Attempt, Call]:
        calls = self.world.calls
        return calls[pick % len(calls)]

    @precondition(lambda self: len(self.fates) < 4)
    @rule(pick=PICK)
    def place(self, pick: int) -> None:
        kind = self.kinds[pick % len(self.kinds)]
        number, fate = f"{len(self.fates)} {kind}", FATES[kind]
        self.fates[number] = fate
        self.run(prepare_far_side(self.management, number, fate))
        self.run(self.storage.orders.place([(fate.order(number), fate.first_state)]))

    @precondition(lambda self: self.fates)
    @rule(limit=st.integers(1, 3))
    def an_exporter_claims(self, limit: int) -> None:
        self.run(self.world.claim(limit=limit, lease=LEASE))

    @precondition(lambda self: self.attempts)
    @rule(pick=PICK)
    def a_call_arrives(self, pick: int) -> None:
        self.run(self._choose(pick)[1].arrive())

    @precondition(lambda self: self.attempts)
    @rule(pick=PICK)
    def a_call_is_answered(self, pick: int) -> None:
        attempt, call = self._choose(pick)
        self.run(call.arrive())
        self.run(self.world.go_on(attempt, Call.give_answer))

    @precondition(lambda self: self.attempts)
    @rule(pick=PICK)
    def an_answer_is_lost(self, pick: int) -> None:
        attempt, call = self._choose(pick)
        self.run(call.arrive())
        self.run(self.world.go_on(attempt, Call.give_no_answer))

    @precondition(lambda self: self.attempts)
    @rule(pick=PICK)
    def a_request_takes_longer_than_its_sender_waits(self, pick: int) -> None:
        attempt, call = self._choose(pick)
        self._leave_on_the_way(call)
        self.run(self.world.go_on(attempt, Call.give_no_answer))

    @precondition(lambda self: self.attempts)
    @rule(pick=PICK, retry_after=st.sampled_from([None, 0.0, 30.0]), rights=st.booleans())
    def a_request_is_turned_away(self, pick: int, retry_after: float | None, rights: bool) -> None:
        attempt, call = self._choose(pick)
        if call.arrived or call.kind is CallKind.RECORD:
            return
        self.run(
            self.world.go_on(
                attempt, lambda call: call.turn_away(retry_after=retry_after, whole_service=rights)
            )
        )

    @precondition(lambda self: self.attempts)
    @rule(pick=PICK, arrives=st.booleans())
    def a_process_dies(self, pick: int, arrives: bool) -> None:
        attempt, call = self._choose(pick)
        if arrives:
            self.run(call.arrive())
        self._leave_on_the_way(call)
        self.run(self.world.kill(attempt))

    def _leave_on_the_way(self, call: Call) -> None:
        if self.unique_numbers and call.kind is CallKind.SUBMIT and not call.arrived:
            self.late.append(call)

    @precondition(lambda self: self.late)
    @rule(pick=PICK)
    def a_late_request_arrives(self, pick: int) -> None:
        self.run(self.late.pop(pick % len(self.late)).arrive())

    @precondition(lambda self: self.fates and (self.unique_numbers or not self.attempts))
    @rule(seconds=st.sampled_from([1, 30, 120]))
    def time_passes(self, seconds: int) -> None:
        self.clock.advance(timedelta(seconds=seconds))

    @precondition(lambda self: self.attempts)
    @rule(pick=PICK)
    def an_exporter_gives_a_sign_of_life(self, pick: int) -> None:
        self.run(self.storage.ledger.extend([self._choose(pick)[0].claim], self.clock.now() + LEASE))

    @precondition(lambda self: self.fates)
    @rule(order_id=st.integers(1, 4))
    def an_operator_retries_and_expedites(self, order_id: int) -> None:
        self.run(self.storage.ledger.retry(order_id, at=self.clock.now()))
        self.run(self.storage.ledger.expedite(at=self.clock.now()))

    def _stored(self) -> list[StoredOrder]:
        return list(self.run(self.storage.orders.page()))

    @invariant()
    def no_number_stands_there_twice(self) -> None:
        numbers = [copy.order.number for copy in self.management.copies]
        assert len(numbers) == len(set(numbers)), numbers

    @invariant()
    def the_ledger_tells_the_truth(self) -> None:
        copies = {copy.order.number: copy for copy in self.management.copies}
        for stored in self._stored():
            request = stored.request
            if request.number in self.exported:
                assert request.state is ExportState.EXPORTED, "exported once is exported for ever"
                assert request.reference == self.exported[request.number]
            if request.state is ExportState.EXPORTED:
                self.exported[request.number] = request.reference
                assert copies[request.number].order == stored.placed.order
                assert copies[request.number].reference == request.reference
            if request.state is ExportState.PARKED:
                assert request.reason_code
                assert request.reason
            assert (request.lease_until is not None) is (request.state is ExportState.SENDING)

    def teardown(self) -> None:
        try:
            self.run(self._until_quiet())
            self.no_number_stands_there_twice()
            self.the_ledger_tells_the_truth()
            self._assert_everything_came_to_its_end()
            self.run(self.close())
        finally:
            self.loop.close()

    async def _until_quiet(self) -> None:
        """Without faults: what is on the way arrives, exporters work, who gave up is tried again."""
        for call in self.late:
            await call.arrive()
        await self._answer_all()
        await self.before_quiet()
        for _ in range(100):
            for stored in await self.storage.orders.page(states=[ExportState.PARKED]):
                if stored.request.reason_code in (EXHAUSTED, ABANDONED):
                    await self.storage.ledger.retry(stored.request.order_id, at=self.clock.now())
            due_at = await self.storage.next_moment()
            if due_at is None:
                return
            self.clock.advance_to(due_at)
            await self.world.claim(limit=10, lease=LEASE)
            await self._answer_all()
        raise AssertionError("exporting does not come to an end")

    async def before_quiet(self) -> None:
        """Undo what would keep exporters from working."""

    async def _answer_all(self) -> None:
        while self.world.calls:
            attempt, call = self.world.calls[0]
            await call.arrive()
            await self.world.go_on(attempt, Call.give_answer)

    def _assert_everything_came_to_its_end(self) -> None:
        stored = {str(each.request.number): each for each in self._stored()}
        assert stored.keys() == self.fates.keys()
        numbers = [str(copy.order.number) for copy in self.management.copies]
        for number, fate in self.fates.items():
            self.assert_end(stored[number], fate, numbers.count(number))

    def assert_end(self, stored: StoredOrder, fate: Fate, copies: int) -> None:
        """Check what became of an order in the end, and how many copies of it there are."""
        request, number = stored.request, str(stored.request.number)
        assert (number, request.state, request.reason_code) == (number, fate.state, fate.code)
        assert copies == fate.copies
        assert stored.placed.order == fate.order(number)


class CarefulExportMachine(ExportMachine):
    """The same against an order management system that takes a number twice.

    As long as no request arrives after its sender gave up, and who lost the lease is dead, the exporter alone
    keeps the copies single: by asking before it sends again.
    """

    unique_numbers = False
    kinds = ("plain", "plain", "plain", "refused", "not exportable", "not approved")
