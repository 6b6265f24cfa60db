"""An order that cannot be read any more is parked with its reason, and hinders no other."""

from contextlib import aclosing

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection
from structlog.testing import capture_logs

from iomconnector.model.customer_users import OrderOwner
from iomconnector.model.exports import ExportState
from iomconnector.model.values import ChannelId
from iomconnector.ports.customer_orders import CustomerOrderQuery
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.customer_orders import SqlCustomerOrders
from iomconnector.storage.database import Database
from iomconnector.storage.export_ledger import SqlExportLedger
from iomconnector.storage.order_repository import SqlOrderRepository
from iomconnector.storage.order_rows import UnreadableOrderError
from iomconnector.testing.contracts import OrderStorage
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import ManualClock
from iomconnector.testing.samples import CHANNEL, CONTEXTS, approval, approval_step, sample_order

WITH_A_FIELD_OF_A_LATER_VERSION = """
UPDATE orders SET content = replace(content, '{"channel":', '{"loyalty_points": 7, "channel":')
WHERE number = '2'"""
WITH_ANOTHER_CURRENCY = """
UPDATE orders SET content = replace(content, '"currency": "EUR"', '"currency": "XXQ"') WHERE number = '2'"""
MENDED = """
UPDATE orders SET content = replace(replace(content, '"loyalty_points": 7, ', ''), '"XXQ"', '"EUR"')"""
HARMS = {
    "half a document": "UPDATE orders SET content = substr(content, 1, 50) WHERE number = '2'",
    "no document": "UPDATE orders SET content = '' WHERE number = '2'",
    "a number": "UPDATE orders SET content = '1' WHERE number = '2'",
    "a field of a later version": WITH_A_FIELD_OF_A_LATER_VERSION,
    "a value that is not allowed any more": WITH_ANOTHER_CURRENCY,
    "a decision that nobody knows": """
        INSERT INTO approval_decisions
        SELECT id, 0, 'user', 'perhaps', 'anna', '2026-11-02 12:00:00.000000', '' FROM orders
        WHERE number = '2'""",
    "a decider without a name": """
        INSERT INTO approval_decisions
        SELECT id, 0, 'user', 'approved', '', '2026-11-02 12:00:00.000000', '' FROM orders
        WHERE number = '2'""",
}
BROKEN_CHARACTERS = "UPDATE orders SET content = CAST(X'7B22C328FF' AS TEXT) WHERE number = '2'"
"""SQLite alone lets them in."""


def _storage(database: Database, clock: ManualClock) -> OrderStorage:
    return OrderStorage(SqlOrderRepository(database, clock), SqlExportLedger(database), clock)


async def _place(database: Database, *numbers: str) -> OrderStorage:
    for context in CONTEXTS:
        await SqlContextRepository(database).save(context)
    shop = _storage(database, ManualClock())
    await shop.place(*numbers)
    return shop


async def _harm(database: Database, statement: str) -> None:
    async def harm(connection: AsyncConnection) -> int:
        return (await connection.exec_driver_sql(statement)).rowcount

    assert await database.write(harm) > 0


@pytest.mark.parametrize("harm", HARMS)
@in_event_loop
async def test_an_unreadable_order_is_parked_and_the_others_are_claimed(
    each_database: Database, harm: str
) -> None:
    async with aclosing(each_database) as database:
        await _assert_only_the_harmed_is_parked(database, HARMS[harm])


@in_event_loop
async def test_broken_characters_harm_no_other_order(database: Database) -> None:
    async with aclosing(database):
        await _assert_only_the_harmed_is_parked(database, BROKEN_CHARACTERS)


async def _assert_only_the_harmed_is_parked(database: Database, harm: str) -> None:
    shop = await _place(database, "1", "2", "3")
    await _harm(database, harm)
    assert await shop.claimed_numbers() == ["1", "3"]
    assert await shop.ledger.counts() == {
        **dict.fromkeys(ExportState, 0),
        ExportState.SENDING: 2,
        ExportState.PARKED: 1,
    }
    assert await shop.claimed_numbers() == []


@in_event_loop
async def test_unreadable_orders_at_the_front_do_not_look_like_the_end(each_database: Database) -> None:
    async with aclosing(each_database) as database:
        shop = await _place(database, "2", "2a", "2b", "3")
        await _harm(database, "UPDATE orders SET content = 'x' WHERE number LIKE '2%'")
        assert await shop.claimed_numbers(limit=2) == ["3"]
        assert (await shop.ledger.counts())[ExportState.PARKED] == 3


@in_event_loop
async def test_the_reason_and_the_error_say_which_order_and_what_is_wrong(each_database: Database) -> None:
    async with aclosing(each_database) as database:
        shop = await _place(database, "2")
        await _harm(database, WITH_A_FIELD_OF_A_LATER_VERSION)
        await shop.claim()
        with pytest.raises(UnreadableOrderError, match="loyalty_points") as unreadable:
            await shop.orders.get(CHANNEL, "2")
        assert unreadable.value.ids == {"order": "2", "channel": CHANNEL, "key": "1"}
        with pytest.raises(UnreadableOrderError, match="Order 2 of channel inSPIRED-inTRONICS"):
            await shop.orders.page()
        assert list(await shop.orders.page(after=1)) == []
        await _harm(database, MENDED)
        request = (await shop.stored("2")).request
        assert request.state is ExportState.PARKED
        assert request.reason_code == "storage.order.unreadable"
        assert request.reason is not None
        assert "loyalty_points" in request.reason


@pytest.mark.parametrize("harm", HARMS)
@in_event_loop
async def test_a_customer_sees_what_lies_beside_an_unreadable_order(
    each_database: Database, harm: str
) -> None:
    async with aclosing(each_database) as database:
        shop = await _place(database, "1", "2", "3")
        seen = SqlCustomerOrders(database)
        owner = OrderOwner(ChannelId(CHANNEL), (await shop.stored("1")).placed.order.customer.number or "")
        await _harm(database, HARMS[harm])
        with capture_logs() as told:
            page = await seen.page(owner, CustomerOrderQuery())
        assert [each.request.number for each in page.orders] == ["3", "1"]
        assert page.total == 3
        assert [(each["log_level"], each["order"], each["channel"]) for each in told] == [
            ("error", "2", CHANNEL)
        ]
        with pytest.raises(UnreadableOrderError, match="Order 2 of channel"):
            await seen.by_number(owner, "2")


@in_event_loop
async def test_a_mended_order_can_be_exported_again(each_database: Database) -> None:
    async with aclosing(each_database) as database:
        shop = await _place(database, "2")
        await _harm(database, WITH_ANOTHER_CURRENCY)
        assert await shop.claimed_numbers() == []
        assert await shop.ledger.retry(1, at=shop.clock.now())
        assert await shop.claimed_numbers() == []
        await _harm(database, MENDED)
        assert await shop.ledger.retry(1, at=shop.clock.now())
        [claim] = await shop.claim()
        assert claim.placed.order == sample_order("2")


@in_event_loop
async def test_decisions_of_a_readable_order_come_with_the_claim(each_database: Database) -> None:
    async with aclosing(each_database) as database:
        shop = await _place(database)
        order = sample_order("4711", approval_steps=[approval_step("anna")])
        await shop.orders.place([(order, ExportState.WAITING_FOR_APPROVAL)])
        order_id = (await shop.stored("4711")).request.order_id
        await shop.orders.decide(order_id, approval(), ExportState.DUE)
        [claim] = await shop.claim()
        assert claim.placed.decisions == (approval(),)
