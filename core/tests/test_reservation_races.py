"""What becomes of the pieces of an order while somebody else does something with it at the same moment."""

from datetime import timedelta

from structlog.testing import capture_logs

from iomconnector.model.exports import ExportState
from iomconnector.model.stock_holds import HoldEnd, HoldState
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import ManualClock
from iomconnector.testing.reservations_in_memory import ShopInMemory
from iomconnector.testing.samples import CHANNEL, sample_order

MINUTE = timedelta(minutes=1)
NUMBER = "2026-0001"


@in_event_loop
async def test_an_order_that_is_being_sent_and_used_its_reservation_up_gets_no_other() -> None:
    shop = ShopInMemory(ManualClock(), {"A": 3}, recognizes_keys=False, consumed_by_order=True)
    async with shop.stage() as stage:
        held = await stage.process.hold(CHANNEL, {"A": 3}, basket="basket-1")
        order = sample_order(NUMBER, reservation_id=held.reservation.id)
        await stage.parts.orders.place([(order, ExportState.DUE)])
        [claim] = await stage.parts.exports.claim(
            CHANNEL, worker="w", now=shop.clock.now(), lease=MINUTE, limit=1
        )
        await stage.parts.stock.arrive(NUMBER, held.reservation.id)
        with capture_logs() as logs:
            await stage.process.settling.sweep()
            shop.clock.advance(MINUTE)
            await stage.process.settling.sweep()
        assert [each["event"] for each in logs if each["log_level"] in ("warning", "error")] == []
        await stage.parts.exports.record_exported(claim, reference="1", at=shop.clock.now())
        shop.clock.advance(MINUTE)
        await stage.process.settling.sweep()
        [hold] = await stage.parts.ledger.of_order(CHANNEL, NUMBER)
        assert (hold.state, hold.end, hold.look_at) == (HoldState.ENDED, HoldEnd.GONE, None)
        assert await shop.audit_trail.entries(topic="order") == []


@in_event_loop
async def test_an_outage_of_a_day_leaves_no_row_a_minute_for_an_order_that_needs_pieces() -> None:
    shop = ShopInMemory(ManualClock(), {"A": 3})
    async with shop.stage() as stage:
        held = await stage.process.hold(CHANNEL, {"A": 3}, basket="basket-1")
        await stage.process.release(CHANNEL, "basket-1")
        order = sample_order(NUMBER, reservation_id=held.reservation.id)
        await stage.parts.orders.place([(order, ExportState.DUE)])
        stage.trouble = "down"
        for _ in range(20):
            await stage.process.settling.sweep()
            shop.clock.advance(MINUTE)
        assert len(await stage.parts.ledger.of_order(CHANNEL, NUMBER)) == 2
        stage.trouble = ""
        await stage.process.settling.sweep()
        assert shop.inventory.stock == {"A": 0}
        assert len(await stage.parts.ledger.of_order(CHANNEL, NUMBER)) == 2
