"""The contract of :class:`~iomconnector.ports.reservation_ledger.ReservationLedger`."""

from abc import abstractmethod
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from iomconnector.model.audit import AuditEntry
from iomconnector.model.availability import ReservationType
from iomconnector.model.exports import ExportState
from iomconnector.model.order_documents import parse_order
from iomconnector.model.stock_holds import HoldEnd, HoldState, OrderStage, StockHold
from iomconnector.ports.audit_trail import AuditTrail
from iomconnector.ports.clock import Clock
from iomconnector.ports.export_ledger import Postponement
from iomconnector.ports.export_queries import ExportQueries
from iomconnector.ports.order_repository import PlacementOutcome
from iomconnector.ports.reservation_ledger import ReservationLedger
from iomconnector.testing.contracts.contract import Contract
from iomconnector.testing.contracts.order_storage import OrderStorage
from iomconnector.testing.memory.clock import ManualClock
from iomconnector.testing.samples import (
    CHANNEL,
    NOON,
    OTHER_CHANNEL,
    approval,
    approval_step,
    sample_order,
)

MINUTE = timedelta(minutes=1)
UNCLEAR = Postponement(NOON, "code", "reason", unclear=True)
WAITING, DUE = ExportState.WAITING_FOR_APPROVAL, ExportState.DUE


@dataclass(frozen=True, slots=True)
class ReservationStorage:
    """A ledger and the orders that belong to it.

    Arguments:
        ledger: The ledger.
        orders: The orders and their exports.
        queries: Reads them.
        audit_trail: What was recorded.
    """

    ledger: ReservationLedger
    orders: OrderStorage
    queries: ExportQueries
    audit_trail: AuditTrail


def sample_hold(key: str = "key-1", **fields: Any) -> StockHold:
    """A reservation that is being asked for, for a basket."""
    known: dict[str, Any] = {
        "key": key,
        "channel": CHANNEL,
        "service": "memory (inventory)",
        "kind": ReservationType.COMPLETE,
        "wanted": {"A": 3, "ä B": 1},
        "state": HoldState.ASKING,
        "made_at": NOON,
        "ends_at": NOON + 30 * MINUTE,
        "look_at": NOON + MINUTE,
        "basket": "basket-1",
    }
    return StockHold(**{**known, **fields})


async def held(ledger: ReservationLedger, key: str = "key-1", **fields: Any) -> StockHold:
    """A reservation that is held."""
    begun = await ledger.begin(sample_hold(key, **fields))
    made = replace(begun, state=HoldState.HELD, reservation=f"r-{key}", pieces=begun.wanted)
    stored = await ledger.change(begun, replace(made, look_at=begun.ends_at))
    assert stored is not None
    return stored


class ReservationLedgerContract(Contract):
    """Promises of what the shop remembers of its reservations."""

    @abstractmethod
    def reservations(self, clock: Clock) -> AbstractAsyncContextManager[ReservationStorage]:
        """The ledger to test, with the contexts of :data:`iomconnector.testing.samples.CONTEXTS`."""

    async def test_what_is_begun_and_changed_is_read_as_it_was(self) -> None:
        async with self.reservations(ManualClock()) as storage:
            ledger, hold = storage.ledger, sample_hold()
            assert await ledger.begin(hold) == hold
            assert await ledger.get("key-1") == await ledger.of_basket(CHANNEL, "basket-1") == hold
            made = replace(
                hold, state=HoldState.HELD, reservation="17", pieces={"A": 2}, look_at=None, told=False
            )
            assert await ledger.change(hold, made) == replace(made, version=1)
            assert await ledger.get("key-1") == replace(made, version=1)
            assert await ledger.get("absent") is None
            assert await ledger.of_basket(OTHER_CHANNEL, "basket-1") is None
            assert await ledger.of_basket(CHANNEL, "basket-2") is None

    async def test_a_basket_has_one_reservation(self) -> None:
        async with self.reservations(ManualClock()) as storage:
            ledger = storage.ledger
            first = await ledger.begin(sample_hold("one"))
            assert await ledger.begin(sample_hold("two")) == first
            assert await ledger.get("two") is None
            assert (await ledger.begin(sample_hold("three", basket="basket-2"))).key == "three"
            assert (await ledger.begin(sample_hold("four", channel=OTHER_CHANNEL))).key == "four"
            await ledger.change(first, replace(first, state=HoldState.RELEASING))
            assert (await ledger.begin(sample_hold("five"))).key == "five"
            assert await ledger.lost(CHANNEL, "basket-1", now=NOON) == 1
            assert await ledger.lost(CHANNEL, "basket-1", now=NOON + 31 * MINUTE) == 0

    async def test_who_read_it_before_another_changed_it_changes_nothing(self) -> None:
        async with self.reservations(ManualClock()) as storage:
            hold = await held(storage.ledger)
            entry = AuditEntry(NOON, "test", "order.tested", "1", CHANNEL)
            gone = replace(hold, state=HoldState.ENDED, end=HoldEnd.RELEASED, ended_at=NOON, look_at=None)
            ended = await storage.ledger.change(hold, gone, entries=[entry])
            assert ended is not None
            assert (ended.end, ended.basket) == (HoldEnd.RELEASED, None)
            assert await storage.ledger.change(hold, hold, entries=[entry]) is None
            assert not await storage.ledger.replace(hold, gone, sample_hold("next"))
            assert await storage.ledger.get("next") is None
            assert await storage.ledger.get("key-1") == ended
            assert len(await storage.audit_trail.entries(topic="order")) == 1

    async def test_placing_an_order_binds_its_reservation_once(self) -> None:
        async with self.reservations(clock := ManualClock(NOON)) as storage:
            hold = await held(storage.ledger)
            clock.advance(MINUTE)
            order = sample_order("1", reservation_id=hold.reservation)
            for expected in (PlacementOutcome.PLACED, PlacementOutcome.ALREADY_PLACED):
                assert await storage.orders.orders.place([(order, DUE)]) == [expected]
                [bound] = await storage.ledger.of_order(CHANNEL, "1")
                assert bound.order is not None
                assert (bound.order.state, bound.basket, bound.look_at) == (DUE, None, NOON + MINUTE)
            assert await storage.ledger.of_basket(CHANNEL, "basket-1") is None
            assert await storage.ledger.change(hold, hold) is None
            other = sample_order("2", reservation_id=hold.reservation)
            elsewhere = sample_order("3", channel=OTHER_CHANNEL, reservation_id=hold.reservation)
            await storage.orders.orders.place([(other, DUE), (elsewhere, DUE)])
            [gone] = await storage.ledger.of_order(CHANNEL, "2")
            assert (gone.end, gone.reservation, dict(gone.pieces)) == (HoldEnd.GONE, None, {})
            assert (dict(gone.wanted), gone.look_at) == ({"201807231-01": 1}, NOON + MINUTE)
            assert await storage.ledger.of_order(OTHER_CHANNEL, "3") == []
            assert (await storage.ledger.begin(sample_hold("again"))).key == "again"

    async def test_of_reservations_that_services_called_the_same_the_order_has_the_one_that_holds(
        self,
    ) -> None:
        async with self.reservations(ManualClock()) as storage:
            for number, state in enumerate([HoldState.ENDED, HoldState.HELD, HoldState.ENDED]):
                at = NOON + number * MINUTE
                hold = await held(storage.ledger, f"{number}", basket=f"{number}", made_at=at)
                gone: dict[str, Any] = (
                    {"end": HoldEnd.RELEASED, "ended_at": at} if state is HoldState.ENDED else {}
                )
                await storage.ledger.change(hold, replace(hold, state=state, reservation="17", **gone))
            await storage.orders.orders.place([(sample_order("1", reservation_id="17"), DUE)])
            assert [hold.key for hold in await storage.ledger.of_order(CHANNEL, "1")] == ["1"]

    async def test_it_is_looked_at_when_it_is_time_by_one_at_a_time(self) -> None:
        async with self.reservations(ManualClock()) as storage:
            ledger = storage.ledger
            for number in range(3):
                await ledger.begin(sample_hold(f"{number}", basket=f"{number}"))
            assert await _taken(ledger, 0) == []
            first = await ledger.take(now=NOON + MINUTE, until=NOON + 2 * MINUTE, limit=2)
            assert len(first) == 2
            second = await _taken(ledger, 1)
            assert sorted([*(hold.key for hold in first), *second]) == ["0", "1", "2"]
            assert await _taken(ledger, 1) == []
            done = await ledger.change(first[0], replace(first[0], look_at=None))
            assert done is not None
            assert sorted(await _taken(ledger, 3)) == sorted({"0", "1", "2"} - {done.key})

    async def test_it_is_looked_at_when_its_order_came_to_another_stage(self) -> None:
        async with self.reservations(ManualClock()) as storage:
            ledger, hold = storage.ledger, await held(storage.ledger)
            await _place(storage, "1", hold, WAITING)
            assert await _settled(ledger, OrderStage.WAITING) == ["key-1"]
            assert await _taken(ledger, 1) == []
            order_id = (await storage.orders.stored("1")).request.order_id
            assert await storage.orders.orders.decide(order_id, approval(), DUE)
            assert await _settled(ledger, OrderStage.LEAVING) == ["key-1"]
            [claim] = await storage.orders.claim()
            assert await _taken(ledger, 5) == []
            await storage.orders.ledger.record_exported(claim, reference="1", at=NOON)
            assert await _settled(ledger, OrderStage.LEFT) == ["key-1"]
            assert await _taken(ledger, 5) == []

    async def test_another_reservation_takes_its_place(self) -> None:
        async with self.reservations(ManualClock()) as storage:
            ledger, hold = storage.ledger, await held(storage.ledger)
            bound = await _place(storage, "1", hold, WAITING)
            gone = replace(bound, state=HoldState.ENDED, end=HoldEnd.GONE, ended_at=NOON, look_at=None)
            successor = sample_hold("next", basket=None, order=bound.order, told=False)
            later = replace(successor, made_at=NOON + MINUTE)
            assert await ledger.replace(bound, gone, later)
            latest, former = await ledger.of_order(CHANNEL, "1")
            assert latest == later
            assert (former.key, former.end) == ("key-1", HoldEnd.GONE)

    async def test_an_order_gets_the_id_of_its_new_reservation(self) -> None:
        async with self.reservations(ManualClock()) as storage:
            hold = await held(storage.ledger, told=False)
            await _place(storage, "1", hold, WAITING, approval_steps=[approval_step("anna")])
            [bound] = await storage.ledger.take(now=NOON, until=NOON, limit=1)
            renamed = await storage.ledger.change(bound, replace(bound, reservation="99"))
            assert renamed is not None
            assert await _tell(storage, renamed)
            stored = await storage.orders.stored("1")
            assert stored.placed.order.reservation_id == "99"
            assert (stored.request.state, stored.request.revision) == (WAITING, 1)
            [correction] = await storage.queries.corrections(stored.request.order_id)
            assert (correction.corrected_by, correction.reason) == ("shop", "test")
            assert parse_order(correction.content_before).reservation_id == hold.reservation
            [entry] = await storage.audit_trail.entries(topic="order")
            assert entry.changes["fields"] == (None, ["reservation_id"])
            told = await storage.ledger.get("key-1")
            assert told is not None
            assert told.told
            assert not await _tell(storage, renamed)
            again = sample_order("1", reservation_id=hold.reservation, approval_steps=[approval_step("anna")])
            assert await storage.orders.orders.place([(again, WAITING)]) == [PlacementOutcome.ALREADY_PLACED]
            assert await _tell(storage, told)
            assert len(await storage.queries.corrections(stored.request.order_id)) == 1

    async def test_an_order_that_somebody_sends_or_has_is_not_told(self) -> None:
        async with self.reservations(ManualClock()) as storage:
            hold = await held(storage.ledger, told=False)
            await _place(storage, "1", hold, DUE)
            [bound] = await storage.ledger.take(now=NOON, until=NOON, limit=1)
            renamed = await storage.ledger.change(bound, replace(bound, reservation="99"))
            assert renamed is not None
            for _ in range(2):
                [claim] = await storage.orders.claim()
                assert not await _tell(storage, renamed)
                await storage.orders.ledger.record_postponed(claim, UNCLEAR, at=NOON)
                assert not await _tell(storage, renamed)
            [claim] = await storage.orders.claim()
            await storage.orders.ledger.record_exported(claim, reference="1", at=NOON)
            assert not await _tell(storage, renamed)
            assert (await storage.orders.stored("1")).placed.order.reservation_id == hold.reservation
            assert not await _tell(storage, sample_hold())

    async def test_pages_and_what_is_forgotten(self) -> None:
        async with self.reservations(ManualClock()) as storage:
            ledger = storage.ledger
            for number in range(4):
                at = NOON + number * MINUTE
                hold = await held(ledger, f"{number}", basket=f"{number}", made_at=at)
                if number < 2:
                    await ledger.change(
                        hold, replace(hold, state=HoldState.ENDED, end=HoldEnd.RAN_OUT, ended_at=at)
                    )
            assert [hold.key for hold in await ledger.page(channel=CHANNEL)] == ["3", "2"]
            assert [hold.key for hold in await ledger.page(ended=True)] == ["1", "0"]
            assert [hold.key for hold in await ledger.page(limit=1)] == ["3"]
            assert await ledger.page(channel=OTHER_CHANNEL) == []
            [latest] = await ledger.page(limit=1)
            taken = await ledger.change(latest, replace(latest, state=HoldState.FULFILLED))
            assert [hold.key for hold in await ledger.page()] == ["2"]
            assert [hold.key for hold in await ledger.page(ended=True)] == ["3", "1", "0"]
            assert taken is not None
            await ledger.change(taken, replace(taken, state=HoldState.HELD))
            assert await ledger.forget(NOON + MINUTE, limit=10) == 1
            assert [hold.key for hold in await ledger.page(ended=True)] == ["1"]
            bound = await _place(storage, "1", (await ledger.page())[0], DUE)
            await ledger.change(bound, replace(bound, state=HoldState.ENDED, ended_at=NOON))
            assert await ledger.forget(NOON + 9 * MINUTE, limit=10) == 1
            assert [hold.key for hold in await ledger.page(ended=True)] == ["3"]


async def _tell(storage: ReservationStorage, hold: StockHold) -> bool:
    return await storage.ledger.tell_order(hold, by="shop", at=NOON, reason="test")


async def _place(
    storage: ReservationStorage, number: str, hold: StockHold, state: ExportState, **fields: Any
) -> StockHold:
    order = sample_order(number, reservation_id=hold.reservation, **fields)
    await storage.orders.orders.place([(order, state)])
    [bound] = await storage.ledger.of_order(CHANNEL, number)
    return bound


async def _taken(ledger: ReservationLedger, minutes: int) -> Sequence[str]:
    now = NOON + minutes * MINUTE
    return [hold.key for hold in await ledger.take(now=now, until=now + MINUTE, limit=10)]


async def _settled(ledger: ReservationLedger, stage: OrderStage) -> Sequence[str]:
    """Do what is due for this stage of the orders."""
    now = NOON + MINUTE
    holds = await ledger.take(now=now, until=now + MINUTE, limit=10)
    for hold in holds:
        assert hold.order is not None
        assert hold.order.stage is stage
        assert await ledger.change(hold, replace(hold, stage=stage, look_at=None)) is not None
    return [hold.key for hold in holds]
