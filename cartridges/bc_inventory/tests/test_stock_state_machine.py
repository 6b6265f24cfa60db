"""Whatever happens in whatever order: no more is held than there is, and nothing that nobody has."""

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, multiple, rule

from bc_inventory.reservations import StockReservations
from bc_inventory.stock_changes import Effect, StockChange, StockChanges
from bc_inventory.stock_levels import StockLevels
from bc_inventory.sweeping import KEPT, sweep
from bc_inventory.testing import simple_inventory, stock_database
from iomconnector.model.availability import Reservation, ReservationType
from iomconnector.ports.inventory_service import (
    ReservationExpiredError,
    ReservationGoneError,
    ReservationRefusedError,
)
from iomconnector.testing.databases import prepare_database_file
from iomconnector.testing.hypothesis_profiles import examples
from iomconnector.testing.memory import ManualClock
from iomconnector.testing.samples import CHANNEL, OTHER_CHANNEL

T = TypeVar("T")

SKUS = ("A", "B", "C")
PIECES = st.integers(0, 12)
ITEMS = st.dictionaries(st.sampled_from((*SKUS, "absent")), st.integers(1, 8), min_size=1)
LIFETIMES = st.integers(1, 300).map(lambda seconds: timedelta(seconds=seconds))
KEYS = st.sampled_from([f"basket-{number}" for number in range(6)])


class Expected:
    """What the model says of a reservation."""

    def __init__(self, made: Reservation, key: str, lifetime: timedelta, clock: ManualClock) -> None:
        self.id = made.id
        self.key = key
        self.wanted = {item.sku: item.wanted for item in made.items}
        self.pieces = dict(made.pieces)
        self.until = clock.now() + lifetime
        self.released = False
        self.order = ""

    def holds(self, clock: ManualClock) -> bool:
        return not self.released and not self.order and clock.now() < self.until


class Stock(RuleBasedStateMachine):
    """Sells one stock; a model in memory says what must be true."""

    reservations = Bundle("reservations")

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp())
        self.stack = AsyncExitStack()
        self.clock = ManualClock()
        self.expected: dict[str, Expected] = {}
        self.on_hand: dict[str, int] = {}
        self.safety: dict[str, int] = {}

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    @initialize(pieces=st.tuples(PIECES, PIECES, PIECES))
    def begin(self, pieces: tuple[int, int, int]) -> None:
        path = self.folder / "shop.sqlite"
        shutil.copyfile(_prepared(), path)
        self.database = self.run(self.stack.enter_async_context(stock_database(f"sqlite:///{path}")))
        self.service = simple_inventory(self.database, self.clock)
        self.other = simple_inventory(self.database, self.clock, channel=OTHER_CHANNEL)
        self.changes = StockChanges(self.database, self.clock)
        for sku, quantity in zip(SKUS, pieces, strict=True):
            self.adjust(sku, quantity, 0)

    def held(self, sku: str) -> int:
        return sum(each.pieces.get(sku, 0) for each in self.expected.values() if each.holds(self.clock))

    def free(self, sku: str) -> int:
        return max(0, self.on_hand.get(sku, 0) - self.safety.get(sku, 0) - self.held(sku))

    @rule(
        target=reservations, items=ITEMS, kind=st.sampled_from(ReservationType), lifetime=LIFETIMES, key=KEYS
    )
    def reserve(self, items: dict[str, int], kind: ReservationType, lifetime: timedelta, key: str) -> Any:
        same = next(
            (each for each in self.expected.values() if each.key == key and each.holds(self.clock)), None
        )
        there = {sku: self.free(sku) for sku in items}
        enough = all(there[sku] >= wanted for sku, wanted in items.items())
        some = kind is ReservationType.PARTLY and any(there.values())
        try:
            made = self.run(self.service.reserve(items, kind=kind, lifetime=lifetime, key=key))
        except ReservationRefusedError:
            assert same.wanted != items if same is not None else not enough and not some
            return multiple()
        if same is not None:
            assert (made.id, dict(made.pieces), same.wanted) == (same.id, same.pieces, items)
            return multiple()
        assert enough or some
        assert dict(made.pieces) == {
            sku: min(wanted, there[sku]) for sku, wanted in items.items() if there[sku]
        }
        self.expected[made.id] = Expected(made, key, lifetime, self.clock)
        return made.id

    @rule(number=reservations, lifetime=LIFETIMES)
    def extend(self, number: str, lifetime: timedelta) -> None:
        expected = self.expected[number]
        try:
            extended = self.run(self.service.extend(number, lifetime))
        except ReservationGoneError as gone:
            assert not expected.holds(self.clock)
            known = expected.released or expected.order or self.forgotten(expected)
            if not known and not isinstance(gone, ReservationExpiredError):
                raise
            return
        assert expected.holds(self.clock)
        assert dict(extended.pieces) == expected.pieces
        expected.until = self.clock.now() + lifetime

    def forgotten(self, expected: Expected) -> bool:
        return self.clock.now() - expected.until > KEPT

    @rule(number=consumes(reservations))
    def release(self, number: str) -> None:
        self.run(self.service.release(number))
        if not self.expected[number].order:
            self.expected[number].released = True

    @rule(number=reservations, order=st.sampled_from(["1001", "1002"]))
    def order_is_placed(self, number: str, order: str) -> None:
        expected = self.expected[number]
        holds = expected.holds(self.clock)
        try:
            self.run(self.service.fulfil(number, order))
        except ReservationGoneError:
            assert not holds
            assert expected.order != order
            return
        assert holds or expected.order == order
        if holds:
            expected.order = order
            for sku, quantity in expected.pieces.items():
                self.on_hand[sku] -= quantity

    @rule(number=reservations, order=st.sampled_from(["1001", "1002"]))
    def order_is_given_up(self, number: str, order: str) -> None:
        expected = self.expected[number]
        self.run(self.service.restock(number, order))
        if expected.order == order:
            expected.order, expected.released = "", True
            for sku, quantity in expected.pieces.items():
                self.on_hand[sku] += quantity

    @rule(number=reservations)
    def another_channel_can_do_nothing(self, number: str) -> None:
        self.run(self.other.release(number))
        try:
            self.run(self.other.extend(number, timedelta(seconds=1)))
        except ReservationGoneError:
            return
        raise AssertionError("it was extended")

    @rule(seconds=st.integers(1, 200))
    def time_passes(self, seconds: int) -> None:
        self.clock.advance(timedelta(seconds=seconds))

    @rule(long_after=st.booleans())
    def sweep(self, long_after: bool) -> None:
        if long_after:
            self.clock.advance(KEPT + timedelta(minutes=10))
        self.run(sweep(StockReservations(self.database, self.clock), self.clock.now()))

    @rule(sku=st.sampled_from(SKUS), quantity=PIECES, safety=st.integers(0, 3))
    def adjust(self, sku: str, quantity: int, safety: int) -> None:
        change = StockChange(sku=sku, on_hand=quantity, safety_stock=safety)
        self._apply(change, quantity, safety)

    @rule(sku=st.sampled_from(SKUS), more=st.integers(-6, 6))
    def count_again(self, sku: str, more: int) -> None:
        self._apply(StockChange(sku=sku, more=more), self.on_hand[sku] + more, self.safety[sku])

    def _apply(self, change: StockChange, on_hand: int, safety: int) -> None:
        [effect] = self.run(
            self.changes.apply(CHANNEL, [change], action="stock.adjusted", by="test", reason="test")
        )
        refused = on_hand < max(0, self.held(change.sku))
        assert (effect.effect is Effect.REFUSED) == refused, effect
        if not refused:
            self.on_hand[change.sku], self.safety[change.sku] = on_hand, safety

    @invariant()
    def what_is_held_is_there_and_somebody_has_it(self) -> None:
        if not self.on_hand:
            return
        levels = {each.sku: each for each in self.run(StockLevels(self.database, self.clock).page(CHANNEL))}
        for sku in SKUS:
            level = levels[sku]
            assert level.reserved == self.held(sku)
            assert level.reserved <= level.on_hand == self.on_hand[sku]
            assert level.available == self.free(sku)

    @invariant()
    def each_is_seen_as_it_is(self) -> None:
        for number, expected in list(self.expected.items())[-3:]:
            try:
                seen = self.run(self.service.reservation(number))
            except ReservationGoneError:
                assert not expected.holds(self.clock)
            else:
                assert (dict(seen.pieces), seen.valid_until) == (expected.pieces, expected.until)

    def teardown(self) -> None:
        self.run(self.stack.aclose())
        self.loop.close()
        shutil.rmtree(self.folder)


_PREPARED: list[Path] = []


def _prepared() -> Path:
    if not _PREPARED:
        _PREPARED.append(prepare_database_file(Path(tempfile.mkdtemp()) / "prepared.sqlite"))
    return _PREPARED[0]


TestStock = Stock.TestCase
TestStock.settings = examples(30, steps=25)
