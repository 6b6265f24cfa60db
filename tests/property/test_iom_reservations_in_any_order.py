"""Whatever is reserved, extended, released, lost and over, and in whatever order: IOM never holds more than
there is, what is told is what is there, and nothing is held for ever. Over real sockets to the stand-in."""

import asyncio
import tempfile
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from ac_iomconnector_inventory.testing import inventory_at
from dev_iomconnector_iom import FaultKind, FaultRule
from dev_iomconnector_iom.config import DEMO_PASSWORD
from dev_iomconnector_iom.control.stock_messages import AdvanceCommand, StockEntry, StockImport
from dev_iomconnector_iom.testing.inventory_referee import InventoryReferee
from dev_iomconnector_iom.testing.moods import MoodyStandIn
from iomconnector.model.availability import ReservationType
from iomconnector.ports.inventory_service import (
    ReservationGoneError,
    ReservationRefusedError,
    ReservationUnclearError,
)

T = TypeVar("T")

SHOP = 10020
STOCK = {"A": 9, "B": 4}
STEP = 300
LIFETIMES = st.sampled_from([650, 1350])
"""Never a multiple of the steps in which time passes, so that nobody asks in the moment of an end."""
WANTED = st.dictionaries(st.sampled_from(["A", "A", "B", "absent"]), st.integers(1, 4), min_size=1)
PLACE = st.integers(0, 5)


@dataclass
class _Held:
    id: str
    pieces: dict[str, int]
    ends_at: int


class Reservations(RuleBasedStateMachine):
    """An adapter, the stand-in, and what must be true of both."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = tempfile.TemporaryDirectory()
        self.record: list[list[str]] = []
        self.iom = MoodyStandIn(
            Path(self.folder.name), "2.4", [partial(InventoryReferee, record=self.record)]
        )
        self.desk = self.run(self.iom.start())
        entries = tuple(StockEntry(product=sku, pieces=pieces) for sku, pieces in STOCK.items())
        self.desk.stock.put(SHOP, StockImport(stock=entries))
        self.service = inventory_at(
            self.iom.url,
            shop_id=SHOP,
            user="webservice_shop",
            password=DEMO_PASSWORD.get_secret_value(),
        )
        self.now = 0
        self.held: list[_Held] = []
        self.lost: list[_Held] = []

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    def teardown(self) -> None:
        self.run(self.service.aclose())
        self.run(self.iom.go_down())
        self.loop.run_until_complete(self.loop.shutdown_asyncgens())
        self.loop.close()
        self.folder.cleanup()

    def there(self) -> dict[str, int]:
        """What can be bought, as it must be."""
        taken = [each for each in (*self.held, *self.lost) if each.ends_at > self.now]
        return {sku: left - sum(each.pieces.get(sku, 0) for each in taken) for sku, left in STOCK.items()}

    def one_of_them(self, place: int) -> list[_Held]:
        """A reservation, if there is one."""
        return [self.held[place % len(self.held)]] if self.held else []

    @rule(wanted=WANTED, kind=st.sampled_from(list(ReservationType)), seconds=LIFETIMES, lose=st.booleans())
    def reserve(self, wanted: dict[str, int], kind: ReservationType, seconds: int, lose: bool) -> None:
        there = self.there()
        possible = {sku: min(pieces, there.get(sku, 0)) for sku, pieces in wanted.items()}
        possible = {sku: pieces for sku, pieces in possible.items() if pieces}
        made = bool(possible) and (kind is ReservationType.PARTLY or possible == wanted)
        lifetime = timedelta(seconds=seconds)
        if lose:
            self.desk.add_fault(FaultRule(kind=FaultKind.LOST_ANSWER, method="POST"))
        try:
            found = self.run(self.service.reserve(wanted, kind=kind, lifetime=lifetime, key="basket"))
        except ReservationUnclearError:
            assert lose
            if made and "absent" not in wanted:
                self.lost.append(_Held("", possible, self.now + seconds))
        except ReservationRefusedError as refused:
            assert not made
            assert not lose
            short = refused.short
            assert short == {sku: there[sku] for sku in short}
        else:
            assert made
            assert dict(found.pieces) == possible
            assert found.complete == (possible == wanted)
            self.held.append(_Held(found.id, possible, self.now + seconds))
        finally:
            self.desk.clear_faults()

    @rule(place=PLACE, seconds=LIFETIMES)
    def extend(self, place: int, seconds: int) -> None:
        for each in self.one_of_them(place):
            try:
                longer = self.run(self.service.extend(each.id, timedelta(seconds=seconds)))
            except ReservationGoneError:
                assert each.ends_at <= self.now
            else:
                assert each.ends_at > self.now
                assert dict(longer.pieces) == each.pieces
                each.ends_at = self.now + seconds

    @rule(place=PLACE)
    def look(self, place: int) -> None:
        for each in self.one_of_them(place):
            try:
                assert dict(self.run(self.service.reservation(each.id)).pieces) == each.pieces
            except ReservationGoneError:
                assert each.ends_at <= self.now
            else:
                assert each.ends_at > self.now
            seen = self.run(self.service.availability(list(STOCK), each.id))
            own = each.pieces if each.ends_at > self.now else {}
            there = self.there()
            assert {sku: stock.quantity for sku, stock in seen.items()} == {
                sku: there[sku] + own.get(sku, 0) for sku in STOCK
            }

    @rule(place=PLACE)
    def release(self, place: int) -> None:
        for each in self.one_of_them(place):
            self.run(self.service.release(each.id))
            self.held.remove(each)

    @rule(steps=st.integers(1, 3))
    def pass_time(self, steps: int) -> None:
        self.now += STEP * steps
        self.desk.stock.advance(AdvanceCommand(seconds=STEP * steps))

    @invariant()
    def what_is_told_is_what_is_there(self) -> None:
        there = self.there()
        assert all(0 <= left <= STOCK[sku] for sku, left in there.items())
        told = self.run(self.service.availability([*STOCK, "absent"]))
        assert {sku: stock.quantity for sku, stock in told.items()} == there

    @invariant()
    def the_referee_has_nothing_to_say(self) -> None:
        assert [complaint for each in self.record for complaint in each] == []


TestReservations = Reservations.TestCase
TestReservations.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
