"""Orders in the back office: found, explained, acted on one by one and many at a time."""

import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from html import unescape

import pytest

from app_bo.paths import order_path
from app_bo.testing.desk import Desk
from app_bo.testing.sample_exports import park, place
from iomconnector.application import Application
from iomconnector.model.exports import ExportState
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.samples import CHANNEL

OpenDesk = Callable[..., AbstractAsyncContextManager[Desk]]


async def state_of(application: Application, number: str) -> ExportState:
    """Where the export of an order stands."""
    return (await application.orders.get(CHANNEL, number)).request.state


@in_event_loop
async def test_orders_are_found_by_what_one_knows_of_them(desk: OpenDesk) -> None:
    async with desk() as office:
        await park(office.application, "4711", "4712")
        await place(office.application, "0815")
        rita = await office.visitor("rita")
        everything = await rita.get("/bo/orders")
        assert "3 orders" in everything.text
        assert "Product <00910> is unknown." in everything.text
        assert "<00910>" not in everything.html
        for query, numbers in {
            "number=4711": ["4711"],
            "number=47*": ["4712", "4711"],
            "state=due": ["0815"],
            "code=PRODUCT_UNKNOWN&sort=oldest": ["4711", "4712"],
            "reason=PRODUCT": ["4712", "4711"],
            "number=nowhere": [],
        }.items():
            page = await rita.get(f"/bo/orders?{query}")
            links = [number for number in ("0815", "4711", "4712") if f'">{number}</a>' in page.html]
            assert sorted(links) == sorted(numbers), query
        assert "bulk" not in everything.html, "who only reads is offered nothing to do"


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("from=yesterday", "'yesterday' is no day. Write it as 2026-11-28."),
        ("state=lost", "'lost' is no state of an export."),
        ("attempts=-1", "'-1' is no number of attempts."),
        ("to=9999-12-31", "'9999-12-31' is no day."),
        ("sort=backwards", "'backwards' is no order of a list."),
        ("after=nonsense", "'nonsense' does not say where a page begins."),
    ],
)
@in_event_loop
async def test_wrong_conditions_are_told(desk: OpenDesk, query: str, told: str) -> None:
    async with desk() as office:
        page = await (await office.visitor("rita")).get(f"/bo/orders?{query}")
        assert told in page.text
        assert page.status < 500


@pytest.mark.parametrize("written", ["{day}", "{compact}", "{day}T23:59:59"])
@in_event_loop
async def test_the_last_day_is_included_however_it_is_written(desk: OpenDesk, written: str) -> None:
    async with desk() as office:
        await place(office.application, "4711")
        today = office.application.clock.now()
        text = written.format(day=f"{today:%F}", compact=f"{today:%Y%m%d}")
        page = await (await office.visitor("rita")).get(f"/bo/orders?from={today:%F}&to={text}")
        assert ">4711</a>" in page.html


@in_event_loop
async def test_pages_lead_through_all_orders_without_repeating_one(desk: OpenDesk) -> None:
    numbers = [f"{number:04}" for number in range(120)]
    async with desk() as office:
        await place(office.application, *numbers)
        rita = await office.visitor("rita")
        seen: list[str] = []
        path = "/bo/orders?sort=oldest"
        while path:
            page = await rita.get(path)
            seen += [number for number in numbers if f'">{number}</a>' in page.html]
            following = page.html.partition("Next page")[0].rpartition('href="')[2].partition('"')[0]
            path = unescape(following) if "Next page" in page.html else ""
        assert seen == numbers


@in_event_loop
async def test_an_order_says_why_it_waits_and_shows_its_life(desk: OpenDesk) -> None:
    async with desk() as office:
        await park(office.application, "4711")
        page = await (await office.visitor("rita")).get(order_path(CHANNEL, "4711"))
        assert page.status == 200
        assert "PRODUCT_UNKNOWN" in page.text
        assert "Attempt 1 ended: the order was parked" in page.text
        assert '"shopOrderNumber": "<b>"' in page.text, "the request is shown in full"
        assert "Authorization: ********" in page.text
        assert "<b>" not in page.html
        assert "Patricia" in page.text
        assert "What to do with it" not in page.text


@in_event_loop
async def test_an_operator_retries_a_parked_order_and_is_told(desk: OpenDesk) -> None:
    async with desk() as office:
        await park(office.application, "47/11 ?#")
        oscar = await office.visitor("oscar")
        path = order_path(CHANNEL, "47/11 ?#")
        assert (await oscar.get(path)).status == 200
        done = await oscar.post(path, {"act": "retry", "reason": "the product exists now"})
        assert done.status == 303
        assert "The order is due again." in (await oscar.get(done.location)).text
        assert await state_of(office.application, "47/11 ?#") is ExportState.DUE
        again = await oscar.post(path, {"act": "retry"})
        assert again.status == 409
        assert "to retry is possible where it is parked or given up" in again.text
        audit = await (await office.visitor("rita")).get("/bo/audit?about=orders")
        assert "the product exists now" in audit.text
        assert "oscar" in audit.text


@in_event_loop
async def test_giving_up_needs_a_reason(desk: OpenDesk) -> None:
    async with desk() as office:
        await park(office.application, "4711")
        oscar = await office.visitor("oscar")
        refused = await oscar.post(order_path(CHANNEL, "4711"), {"act": "give up"})
        assert refused.status == 409
        assert await state_of(office.application, "4711") is ExportState.PARKED
        await oscar.post(order_path(CHANNEL, "4711"), {"act": "give up", "reason": "the customer cancelled"})
        assert await state_of(office.application, "4711") is ExportState.GIVEN_UP


@in_event_loop
async def test_an_order_is_corrected_after_its_difference_was_seen(desk: OpenDesk) -> None:
    async with desk() as office:
        await park(office.application, "4711")
        oscar = await office.visitor("oscar")
        path = order_path(CHANNEL, "4711", "corrections")
        form = await oscar.get(path)
        text = unescape(form.html.partition("required>")[2].partition("</textarea>")[0])
        document = json.loads(text)
        document["invoice_address"]["city"] = "Weimar"
        corrected = json.dumps(document)
        fields = {**form.hidden, "document": corrected, "reason": "the city was wrong"}
        seen = await oscar.post(path, fields)
        assert "invoice_address.city" in seen.text
        assert "Weimar" in seen.text
        assert await state_of(office.application, "4711") is ExportState.PARKED, "seen is not saved"
        saved = await oscar.post(path, {**fields, "save": "yes"})
        assert saved.status == 303
        stored = await office.application.orders.get(CHANNEL, "4711")
        assert stored.placed.order.invoice_address.city == "Weimar"
        assert stored.request.state is ExportState.DUE
        life = await oscar.get(saved.location)
        assert "What stood there before" in life.text


@in_event_loop
async def test_a_correction_does_not_undo_one_that_was_made_since_its_form_was_opened(desk: OpenDesk) -> None:
    async with desk() as office:
        await park(office.application, "4711")
        oscar = await office.visitor("oscar")
        path = order_path(CHANNEL, "4711", "corrections")
        form = await oscar.get(path)
        document = json.loads(unescape(form.html.partition("required>")[2].partition("</textarea>")[0]))
        pages = []
        for city in ("Weimar", "Gera"):
            document["invoice_address"]["city"] = city
            fields = {**form.hidden, "document": json.dumps(document), "reason": "moved", "save": "yes"}
            pages.append(await oscar.post(path, fields))
        assert [page.status for page in pages] == [303, 422]
        assert "was corrected by somebody else meanwhile" in pages[1].text
        assert "Gera" in pages[1].text, "what was typed is not lost"
        stored = await office.application.orders.get(CHANNEL, "4711")
        assert stored.placed.order.invoice_address.city == "Weimar"


@pytest.mark.parametrize("document", ["", "no JSON", "{}", '{"number": NaN}', "[]"])
@in_event_loop
async def test_a_document_that_is_no_order_is_told_and_kept(desk: OpenDesk, document: str) -> None:
    async with desk() as office:
        await park(office.application, "4711")
        oscar = await office.visitor("oscar")
        path = order_path(CHANNEL, "4711", "corrections")
        fields = {"revision": "0", "document": document, "reason": "r", "save": "yes"}
        page = await oscar.post(path, fields)
        assert page.status == 422
        assert "The correction cannot be saved." in page.text
        assert document in unescape(page.html)
        assert await state_of(office.application, "4711") is ExportState.PARKED


@in_event_loop
async def test_many_orders_are_retried_as_they_were_previewed(desk: OpenDesk) -> None:
    async with desk() as office:
        await park(office.application, "4711", "4712", "4713")
        await place(office.application, "0815")
        oscar = await office.visitor("oscar")
        preview = await oscar.get("/bo/bulk?act=retry&channel=inSPIRED-inTRONICS&why=product+added")
        assert "3 orders would be changed" in preview.text
        assert "1 that is due is left out" in preview.text
        assert await state_of(office.application, "4711") is ExportState.PARKED, "seen is not done"
        done = await oscar.post("/bo/bulk", preview.hidden)
        assert "3 of 3 orders were changed." in done.text
        assert await state_of(office.application, "4713") is ExportState.DUE


@in_event_loop
async def test_a_plan_does_no_more_than_was_seen(desk: OpenDesk) -> None:
    async with desk() as office:
        await park(office.application, "4711", "4712")
        oscar = await office.visitor("oscar")
        preview = await oscar.get("/bo/bulk?act=give+up&number=4711&why=cancelled")
        forged = await oscar.post("/bo/bulk", {**preview.hidden, "number": "47*"})
        assert forged.status == 409
        assert await state_of(office.application, "4712") is ExportState.PARKED
        asked = await oscar.get("/bo/bulk?act=give+up&number=4711")
        assert "To give up orders needs a reason." in asked.text
        assert (await oscar.get("/bo/bulk?act=burn")).status == 404


@in_event_loop
async def test_an_order_that_cannot_be_read_is_listed_and_shown_with_its_trouble(desk: OpenDesk) -> None:
    from sqlalchemy import text

    async with desk() as office:
        await place(office.application, "4711", "4712")
        damage = text("UPDATE orders SET content = 'secret of Patricia' WHERE number = '4711'")
        await office.application.database.write(lambda connection: connection.execute(damage))
        rita = await office.visitor("rita")
        assert "2 orders" in (await rita.get("/bo/orders")).text
        page = await rita.get(order_path(CHANNEL, "4711"))
        assert page.status == 200
        assert "The order cannot be read." in page.text
        assert "secret of Patricia" not in page.html


@in_event_loop
async def test_what_is_not_there_is_a_page_that_says_so(desk: OpenDesk) -> None:
    async with desk() as office:
        oscar = await office.visitor("oscar")
        for path in (order_path(CHANNEL, "4711"), order_path("nowhere", "1", "corrections")):
            assert (await oscar.get(path)).status == 404
        assert (await oscar.post(order_path(CHANNEL, "4711"), {"act": "retry"})).status == 404
