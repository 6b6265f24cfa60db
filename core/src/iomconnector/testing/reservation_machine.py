"""Whatever happens in whatever order, and whoever dies: pieces are neither lost nor sold twice.

The Hypothesis machine for any inventory service: subclasses say what the shop is made of.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from iomconnector.errors import ConnectorError
from iomconnector.model.approvals import Decision
from iomconnector.model.export_acts import ActOrder, ExportAct
from iomconnector.model.exports import ExportState
from iomconnector.model.stock_holds import HoldEnd, HoldState, OrderStage, StockHold
from iomconnector.ports.export_ledger import Claim
from iomconnector.ports.order_repository import StoredOrder
from iomconnector.testing.hypothesis_profiles import examples
from iomconnector.testing.memory import ManualClock
from iomconnector.testing.mortal import Killed
from iomconnector.testing.reservation_stage import ReservationParts, ReservationStage
from iomconnector.testing.samples import CHANNEL, approval, approval_step, sample_order

T = TypeVar("T")

SKUS = ("A", "B")
BASKETS = st.sampled_from(["basket-1", "basket-2", "basket-3"])
ITEMS = st.dictionaries(st.sampled_from(SKUS), st.integers(1, 4), min_size=1)
ORDERS = st.integers(0, 9)
MINUTE = timedelta(minutes=1)
LONG = timedelta(days=10_000)
WAITING = ExportState.WAITING_FOR_APPROVAL


class Reservations(RuleBasedStateMachine):
    """Sells pieces to baskets, in processes that die at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.clock = ManualClock()
        self.ids: dict[str, str] = {}
        self.orders: list[str] = []
        self.stage: ReservationStage | None = None
        self.there: dict[str, int] = {}
        self.sent: list[Claim] = []

    async def parts(self, clock: ManualClock, pieces: dict[str, int]) -> ReservationParts:
        """What the shop is made of, with so many pieces of each product."""
        raise NotImplementedError

    async def ended(self) -> None:
        """Give back what the parts need."""

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    @initialize(pieces=st.fixed_dictionaries({sku: st.integers(2, 12) for sku in SKUS}))
    def begin(self, pieces: dict[str, int]) -> None:
        async def stage() -> ReservationStage:
            return ReservationStage(await self.parts(self.clock, pieces), self.clock)

        self.there = pieces
        self.stage = self.run(stage())

    @property
    def shop(self) -> ReservationStage:
        assert self.stage is not None
        return self.stage

    def tried(self, work: Callable[[], Awaitable[T]]) -> T | None:
        """What a process gives that may fail or die; another one begins then."""

        async def attempt() -> T | None:
            try:
                return await work()
            except ConnectorError:
                return None
            except Killed:
                return None
            finally:
                if self.shop.mortality.dead:
                    await asyncio.sleep(0)
                    await self.shop.next_process()

        return self.run(attempt())

    @rule(items=ITEMS, basket=BASKETS)
    def hold(self, items: dict[str, int], basket: str) -> None:
        held = self.tried(lambda: self.shop.process.hold(CHANNEL, items, basket=basket))
        self.ids.pop(basket, None)
        if held is not None:
            assert dict(held.reservation.pieces)
            assert all(held.reservation.pieces.get(sku, 0) <= items[sku] for sku in items)
            self.ids[basket] = held.reservation.id

    @rule(basket=BASKETS)
    def look(self, basket: str) -> None:
        held = self.tried(lambda: self.shop.process.held(CHANNEL, basket))
        if held is not None and basket in self.ids:
            assert held.reservation.id == self.ids[basket]

    @rule(basket=BASKETS)
    def release(self, basket: str) -> None:
        self.tried(lambda: self.shop.process.release(CHANNEL, basket))
        self.ids.pop(basket, None)

    @rule(items=ITEMS, basket=BASKETS, approved=st.booleans())
    def buy(self, items: dict[str, int], basket: str, approved: bool) -> None:
        """Hold and place at once."""
        self.hold(items, basket)
        if basket in self.ids:
            self._place(basket, approved)

    @precondition(lambda self: self.ids)
    @rule(which=ORDERS, approved=st.booleans())
    def place(self, which: int, approved: bool) -> None:
        """Place what was held some time ago, perhaps too long ago."""
        self._place(sorted(self.ids)[which % len(self.ids)], approved)

    def _place(self, basket: str, approved: bool) -> None:
        number = f"{len(self.orders):04}"
        steps = [] if approved else [approval_step("anna")]
        order = sample_order(number, reservation_id=self.ids.pop(basket), approval_steps=steps)
        state = ExportState.DUE if approved else WAITING
        self.run(self.shop.parts.orders.place([(order, state)]))
        self.orders.append(number)

    def state_of(self, number: str) -> tuple[int, ExportState]:
        request = self.run(self.shop.parts.orders.get(CHANNEL, number)).request
        return request.order_id, request.state

    def chosen(self, which: int, *states: ExportState) -> tuple[str, int] | None:
        fitting = [
            (number, self.state_of(number)[0]) for number in self.orders if self.state_of(number)[1] in states
        ]
        return fitting[which % len(fitting)] if fitting else None

    @rule(which=ORDERS, yes=st.booleans())
    def decide(self, which: int, yes: bool) -> None:
        order = self.chosen(which, WAITING)
        if order is not None:
            decision = approval(decision=Decision.APPROVED if yes else Decision.REJECTED, comment="no")
            after = ExportState.DUE if yes else ExportState.REJECTED
            self.run(self.shop.parts.orders.decide(order[1], decision, after))

    @rule(which=ORDERS)
    def give_up(self, which: int) -> None:
        order = self.chosen(which, WAITING, ExportState.DUE)
        if order is not None:
            self._act(order[1], ExportAct.GIVE_UP)

    @rule(which=ORDERS)
    def go_on_after_all(self, which: int) -> None:
        order = self.chosen(which, ExportState.GIVEN_UP)
        if order is not None:
            self._act(order[1], ExportAct.RETRY)

    def _act(self, order_id: int, act: ExportAct) -> None:
        todo = ActOrder(act, "test", self.clock.now(), "test")
        self.run(self.shop.parts.desk.act([order_id], todo))

    @rule(count=st.integers(1, 3))
    def begin_export(self, count: int) -> None:
        """Orders arrive in the order management system, and the shop does not know that yet."""
        self.run(self._send(count))

    async def _send(self, count: int) -> None:
        now = self.clock.now()
        claims = await self.shop.parts.exports.claim(
            CHANNEL, worker="w", now=now, lease=LONG, limit=count, suspects=9
        )
        for claim in claims:
            order = claim.placed.order
            await self.shop.parts.stock.arrive(order.number, order.reservation_id)
        self.sent += claims

    @rule()
    def finish_export(self) -> None:
        """The shop learns which orders arrived."""
        self.run(self._record())

    async def _record(self) -> None:
        for claim in self.sent:
            exported = await self.shop.parts.exports.record_exported(
                claim, reference="x", at=self.clock.now()
            )
            assert exported
        self.sent.clear()

    @rule(minutes=st.sampled_from([1, 5, 20, 45, 700, 1500]))
    def time_passes(self, minutes: int) -> None:
        self.clock.advance(minutes * MINUTE)

    @rule(trouble=st.sampled_from(["", "", "", "down", "loses answers", "inactive"]))
    def service_behaves(self, trouble: str) -> None:
        self.shop.trouble = trouble

    @rule(steps=st.integers(1, 12), after_the_step=st.booleans())
    def doom(self, steps: int, after_the_step: bool) -> None:
        self.shop.mortality.doom(steps, after_the_step=after_the_step)

    @rule()
    def sweep(self) -> None:
        self.tried(self.shop.process.settling.sweep)

    @rule()
    def quiet(self) -> None:
        """All is well for some time: what has no owner is not held any more, and orders have their pieces."""
        self.shop.trouble = ""
        self.finish_export()
        self.run(self.shop.next_process())
        for minutes in (2, 2, 45, 2, 2):
            self.clock.advance(minutes * MINUTE)
            self.run(self.shop.process.settling.sweep())
            if minutes == 2 and self.shop.parts.service.recognizes_keys:
                self.run(self._check_known())
        self.run(self._check_owners())
        self.run(self._check_orders())

    async def _check_known(self) -> None:
        """Where keys are recognized, nothing is held any more of which the shop does not know."""
        await self.shop.process.settling.sweep()
        known = {
            hold.reservation
            for hold in await self.shop.parts.ledger.page(limit=1000)
            if hold.state is HoldState.HELD
        }
        assert known.issuperset(await self.shop.parts.stock.held())

    async def _check_owners(self) -> None:
        owned = {
            hold.reservation: dict(hold.pieces)
            for hold in await self.shop.parts.ledger.page(limit=1000)
            if hold.state is HoldState.HELD and hold.order is not None
        }
        held = {number: dict(pieces) for number, pieces in (await self.shop.parts.stock.held()).items()}
        assert held == owned

    async def _check_orders(self) -> None:
        taken = await self.shop.parts.stock.taken()
        consumed = self.shop.parts.service.consumed_by_order
        for number in self.orders:
            stored = await self.shop.parts.orders.get(CHANNEL, number)
            holds = await self.shop.parts.ledger.of_order(CHANNEL, number)
            assert holds, number
            hold = holds[0]
            assert hold.order is not None
            assert all(each.state is HoldState.ENDED for each in holds[1:])
            pieces = taken.get(number, [])
            assert len(pieces) <= 1, (number, pieces)
            stage = hold.order.stage
            has = dict(pieces[0]) if pieces else {}
            if stage is OrderStage.STAYS:
                assert not pieces
                assert hold.state is HoldState.ENDED
            elif stage is OrderStage.WAITING or (consumed and stage is OrderStage.LEAVING):
                assert not pieces
                self._check_kept(hold, stored)
            elif not consumed:
                assert has == (dict(hold.pieces) if hold.state is HoldState.FULFILLED else {})
                assert hold.state in (HoldState.FULFILLED, HoldState.ENDED)

    def _check_kept(self, hold: StockHold, stored: StoredOrder) -> None:
        if hold.state is HoldState.ENDED:
            assert hold.end is HoldEnd.SHORT, hold
            return
        assert hold.state is HoldState.HELD
        if self.shop.parts.service.consumed_by_order and not stored.request.unclear:
            assert hold.told
            assert stored.placed.order.reservation_id == hold.reservation

    @invariant()
    def no_more_is_held_than_there_is(self) -> None:
        if self.stage is not None:
            self.run(self._check_stock())

    async def _check_stock(self) -> None:
        stock = self.shop.parts.stock
        on_hand, held = await stock.on_hand(), await stock.held()
        taken = [pieces for each in (await stock.taken()).values() for pieces in each]
        for sku in SKUS:
            assert sum(pieces.get(sku, 0) for pieces in held.values()) <= on_hand[sku]
            assert on_hand[sku] + sum(pieces.get(sku, 0) for pieces in taken) == self.there[sku]

    def teardown(self) -> None:
        try:
            if self.stage is not None:
                self.quiet()
        finally:
            if self.stage is not None:
                self.run(self.stage.aclose())
            self.run(self.ended())
            self.loop.close()


def as_test(machine: type[Reservations], *, count: int, steps: int = 40) -> Any:
    """The machine as a test case.

    Arguments:
        machine: The machine.
        count: How many examples.
        steps: How many steps each.
    """
    case = machine.TestCase
    case.settings = examples(count, steps=steps)
    return case
