"""Whatever others write into their answers, the log keeps it and the ledger goes on."""

from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta

import pytest

from iomconnector.model.exports import ExportState
from iomconnector.ports.export_ledger import Postponement
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.storage.database import Database
from iomconnector.storage.export_ledger import SqlExportLedger
from iomconnector.storage.message_log import SqlMessageLog
from iomconnector.storage.order_repository import SqlOrderRepository
from iomconnector.testing.contracts import OrderStorage
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import ManualClock
from iomconnector.testing.samples import CHANNEL, CONTEXTS, NOON, sample_message

KEPT = {
    "Grüße, 你好, 🚚": "Grüße, 你好, 🚚",
    "line\r\n\ttab \x07 bell \x7f": "line\r\n\ttab \x07 bell \x7f",
    "zero \x00 byte": "zero \N{SYMBOL FOR NULL} byte",
    "half \ud83d pair": "half ? pair",
    "back\\slash \\x41 'quote' %s :name $1": "back\\slash \\x41 'quote' %s :name $1",
}


@pytest.mark.parametrize("text", KEPT, ids=ascii)
@in_event_loop
async def test_a_message_is_kept(each_database: Database, text: str) -> None:
    message = replace(
        sample_message("4711"),
        request_body=text,
        response_body=text,
        error=text,
        response_headers={"x-strange": text},
    )
    async with aclosing(each_database) as database:
        log = SqlMessageLog(database)
        await log.record(message)
        [kept] = await log.of_order(message.channel, "4711")
    assert (kept.request_body, kept.response_body, kept.error) == (KEPT[text],) * 3
    assert kept.response_headers == {"x-strange": text}


@pytest.mark.parametrize("text", KEPT, ids=ascii)
@in_event_loop
async def test_an_outcome_is_recorded(each_database: Database, text: str) -> None:
    async with aclosing(each_database) as database:
        for context in CONTEXTS:
            await SqlContextRepository(database).save(context)
        clock = ManualClock()
        shop = OrderStorage(SqlOrderRepository(database, clock), SqlExportLedger(database), clock)
        await shop.place("1", "2", "3")
        exported, postponed, parked = await shop.claim()
        assert await shop.ledger.record_exported(exported, reference=text, at=NOON)
        later = Postponement(NOON + timedelta(hours=1), "export.unavailable", text, unclear=False)
        assert await shop.ledger.record_postponed(postponed, later, at=NOON)
        assert await shop.ledger.record_parked(parked, code="export.refused", reason=text, at=NOON)
        requests = [(await shop.orders.get(CHANNEL, number)).request for number in "123"]
    assert [request.state for request in requests] == [
        ExportState.EXPORTED,
        ExportState.DUE,
        ExportState.PARKED,
    ]
    assert requests[0].reference == requests[1].reason == requests[2].reason == KEPT[text]
