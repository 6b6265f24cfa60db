"""Backlog, circuits and jobs at a glance, and the two switches beside them."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

from app_bo.testing.desk import Desk
from iomconnector.model.endpoint_shares import Demand
from iomconnector.model.endpoints import CircuitState, Endpoint, Report
from iomconnector.model.exports import ExportState
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.samples import CHANNEL, sample_order, sample_orders

OpenDesk = Callable[..., AbstractAsyncContextManager[Desk]]
ENDPOINT = Endpoint("https://iom.example.com shop 10020")


@in_event_loop
async def test_the_backlog_of_each_channel_is_shown(desk: OpenDesk) -> None:
    async with desk() as office:
        await office.application.place_orders.many(sample_orders(["1", "2"]))
        await office.application.orders.place([(sample_order("3"), ExportState.PARKED)])
        page = await (await office.visitor("rita")).get("/bo/operations")
        assert page.status == 200
        assert f"/bo/orders?channel={CHANNEL}&amp;state=parked" in page.html
        assert "inTRONICS Business" in page.text
        assert "Nothing was sent yet." in page.text
        assert "Pause" not in page.text


@in_event_loop
async def test_an_operator_pauses_a_channel_and_every_page_of_orders_says_so(desk: OpenDesk) -> None:
    async with desk() as office:
        oscar = await office.visitor("oscar")
        fields = {"channel": CHANNEL, "paused": "yes", "reason": "IOM is being updated"}
        paused = await oscar.post("/bo/operations/pauses", fields)
        assert "is paused" in (await oscar.get(paused.location)).text
        assert "oscar paused it" in (await oscar.get("/bo/orders")).text
        again = await oscar.post("/bo/operations/pauses", fields)
        assert again.status == 409
        assert "is paused already by oscar" in again.text
        await oscar.post("/bo/operations/pauses", {"channel": CHANNEL, "paused": "no"})
        assert await office.application.export_pauses.all() == {}
        without = await oscar.post("/bo/operations/pauses", {"channel": CHANNEL, "paused": "yes"})
        assert without.status == 409, "a pause needs a reason"


@in_event_loop
async def test_an_open_circuit_is_shown_with_its_cause_and_can_be_closed(desk: OpenDesk) -> None:
    async with desk() as office:
        states, now = office.application.endpoint_states, office.application.clock.now()
        failed = Report(failures=9, code="iom.unreachable", reason="No route to <iom>.")
        lease = timedelta(seconds=30)
        await states.sync(ENDPOINT, "mars/1/ab", failed, Demand(1), now=now, lease=lease)
        oscar = await office.visitor("oscar")
        page = await oscar.get("/bo/operations")
        assert "Open" in page.text
        assert "No route to <iom>." in page.text
        closed = await oscar.post("/bo/operations/circuits", {"endpoint": ENDPOINT.name})
        assert "The circuit is closed" in (await oscar.get(closed.location)).text
        [standing] = await states.all()
        assert standing.state.circuit is CircuitState.CLOSED
        assert (await oscar.post("/bo/operations/circuits", {"endpoint": "nowhere"})).status == 404
        recorded = await office.application.audit_trail.entries(topic="export")
        assert [(each.by, each.action, each.subject) for each in recorded] == [
            ("oscar", "export.circuit_closed", ENDPOINT.name)
        ]
