"""The payment panel and the notes on the page of an order."""

import asyncio
import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from decimal import Decimal
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app_sf_responsive import cartridge as storefront
from app_sf_responsive.languages import Language
from app_sf_responsive.order_page import order_page
from app_sf_responsive.testing.messages import catalog_problems
from app_sf_responsive.testing.samples import sample_customer, sample_state, sample_view
from as_iomconnector import cartridge
from as_iomconnector.customer_notes import ConfiguredCustomerNotes, CustomerNotesSettings
from as_iomconnector.notes_panel import notes_panel
from as_iomconnector.pages import PAGES
from as_iomconnector.payment_panel import given_back, payment_panel
from iomconnector.application import Application
from iomconnector.model.money import Money
from iomconnector.model.order_states import Note, OrderState, PaymentEntry, PaymentState, PaymentStatus
from iomconnector.model.orders import Order
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.samples import CHANNEL, CONTEXTS, NOON, sample_order

MakeApplication = Callable[..., AbstractAsyncContextManager[Application]]
TAGS = re.compile(r"<[^>]*>")


def euros(amount: str | Decimal) -> Money:
    return Money(amount=Decimal(amount), currency="EUR")


def payment(due: str = "100", paid: str = "0", **fields: Any) -> PaymentState:
    """The payment of an order with an invoice over ``due``."""
    left = max(Decimal(0), Decimal(due) - Decimal(paid))
    percent = min(Decimal(100), Decimal(paid) / Decimal(due) * 100).quantize(Decimal("0.01"))
    status = PaymentStatus.PAID if percent == 100 else PaymentStatus.PART_PAID
    values: dict[str, Any] = {
        "status": status if percent else PaymentStatus.NOT_PAID,
        "due": euros(due),
        "paid": euros(paid),
        "paid_percent": percent,
        "remaining": euros(left),
        "remaining_percent": 100 - percent,
        "open_invoiced": euros(left),
        "overpaid": euros(max(Decimal(0), Decimal(paid) - Decimal(due))),
        "invoiced": True,
    }
    return PaymentState(**(values | fields))


def entry(amount: str, direction: str = "INBOUND", action: str = "CAPTURE", **fields: Any) -> PaymentEntry:
    return PaymentEntry(at=NOON, amount=euros(amount), direction=direction, action=action, **fields)


def someone(language: str = "en") -> Any:
    """A customer of whom only the language matters."""
    return cast("Any", SimpleNamespace(language=Language(language)))


async def shown(state: PaymentState, language: str = "en") -> str:
    """What people read of the panel, with single blanks."""
    order = sample_order()
    panel = await payment_panel(
        sample_view(order, state=sample_state(order, payment=state)), someone(language)
    )
    assert panel is not None
    return " ".join(TAGS.sub(" ", panel.html).split()).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("paid", "words"),
    [
        ("0", "Not Paid 0% 0% Invoiced €100.00 Paid amount €0.00 Open Invoiced Amount €100.00"),
        ("33.33", "Part Paid 33.33% 33.33% Invoiced €100.00 Paid amount €33.33 Open Invoiced Amount €66.67"),
        ("100", "Paid 100% 100% Invoiced €100.00 Paid amount €100.00 Open Invoiced Amount €0.00"),
        (
            "130",
            "Paid 100% 100% Invoiced €100.00 Paid amount €130.00 Open Invoiced Amount €0.00 "
            "€30.00 in your favour: you paid more than is due.",
        ),
    ],
)
@in_event_loop
async def test_status_share_and_open_amount(paid: str, words: str) -> None:
    assert await shown(payment(paid=paid)) == words


@in_event_loop
async def test_without_an_invoice_the_total_is_to_pay_and_nothing_is_open() -> None:
    text = await shown(payment(paid="40", invoiced=False, open_invoiced=euros("0")))
    assert text == (
        "Part Paid 40% 40% To pay €100.00 Paid amount €40.00 Open Invoiced Amount €0.00 "
        "There is no invoice yet."
    )


@in_event_loop
async def test_movements_and_what_was_given_back() -> None:
    entries = (
        entry("100", action="AUTHORIZATION", method="ISH_CREDITCARD"),
        entry("100", invoice="R-1"),
        entry("20", "OUTBOUND", "REFUND"),
        entry("5", "OUTBOUND", "Goodwill"),
    )
    state = payment(due="75", paid="75", entries=entries)
    text = await shown(state)
    assert "Given back to you €25.00" in text
    assert text.index("Goodwill") < text.index("Refund") < text.index("Reserved"), "the latest stands first"
    assert "−€20.00" in text
    german = await shown(state, "de")
    assert "An Sie zurückgezahlt 25,00 €" in german
    assert "Bezahlt 100 %" in german


@given(st.lists(st.tuples(st.integers(1, 10**6), st.sampled_from(["INBOUND", "OUTBOUND", "ACTION", ""]))))
def test_given_back_is_what_went_out(movements: list[tuple[int, str]]) -> None:
    entries = [entry(str(cents / Decimal(100)), direction) for cents, direction in movements]
    found = given_back(
        [
            *entries,
            PaymentEntry(
                at=NOON, amount=Money(amount=Decimal(1), currency="USD"), direction="OUTBOUND", action=""
            ),
        ],
        "EUR",
    )
    total = sum(cents for cents, direction in movements if direction == "OUTBOUND")
    assert (found.amount * 100 if found else 0) == total


class _Progress(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.bars: list[dict[str, str | None]] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "progress":
            self.bars.append(dict(attrs))


@given(
    percent=st.decimals(0, 100, places=2),
    texts=st.text(st.characters(exclude_categories=["C"]), max_size=20) | st.just('"><script>'),
)
def test_the_bar_has_the_share_and_nothing_breaks_out(percent: Decimal, texts: str) -> None:
    state = payment(
        paid_percent=percent,
        entries=(entry("1", texts or "x", texts, method=texts, invoice=texts, comment=texts),),
    )
    parser = _Progress()
    parser.feed(str(PAGES.fragment(Language(), "payment.html", payment=state, refunded=None)))
    (bar,) = parser.bars
    assert bar["max"] == "100"
    assert Decimal(bar["value"] or "") == percent
    assert bar["aria-label"] == "Share that is paid"
    assert "script" not in parser.tags


def test_no_note_is_shown_unless_its_kind_is_configured() -> None:
    early = Note(text="We call you", kind="Customer", at=NOON)
    late = Note(text="Parcel found", kind="CUSTOMER ", at=NOON + timedelta(hours=1))
    notes = [early, late, Note(text="He is a nuisance", kind="INTERNAL"), Note(text="no kind")]
    assert ConfiguredCustomerNotes(CustomerNotesSettings()).shown(notes) == []
    assert ConfiguredCustomerNotes(CustomerNotesSettings(kinds=["", " "])).shown(notes) == []
    shown = ConfiguredCustomerNotes(CustomerNotesSettings(kinds=["customer"])).shown(notes)
    assert shown == [late, early]


def _state(order: Order, **fields: Any) -> OrderState:
    return sample_state(order, **fields)


@in_event_loop
async def test_the_page_of_an_order_has_the_panels(application: MakeApplication) -> None:
    async with application(storefront, cartridge) as system:
        for context in CONTEXTS:
            await system.contexts.save(context)
        order = sample_order()
        customer = sample_customer(system)
        bare = bytes((await order_page(sample_view(order), customer)).body).decode()
        assert "Open Invoiced Amount" not in bare
        assert "View All" not in bare
        state = _state(order, payment=payment(paid="50"), notes=[Note(text="secret", kind="INTERNAL")])
        view = sample_view(order, state=state)
        html = bytes((await order_page(view, customer)).body).decode()
        assert "Open Invoiced Amount" in html
        assert "There are no documents yet." in html
        assert "cannot be shown" not in html
        assert "secret" not in html
        assert await notes_panel(view, customer) is None
        unavailable = sample_view(order, reason="unavailable")
        silent = bytes((await order_page(unavailable, customer)).body).decode()
        assert "The documents cannot be shown at the moment." in silent
        assert CHANNEL in silent


@in_event_loop
async def test_a_channel_shows_the_kinds_of_notes_that_it_names(application: MakeApplication) -> None:
    async with application(storefront, cartridge) as system:
        for context in CONTEXTS:
            await system.contexts.save(context)
        order = sample_order()
        notes = [Note(text="internal <b>", kind="INTERNAL"), Note(text="We call <b>you", kind="Customer")]
        view = sample_view(order, state=_state(order, notes=notes))
        assert await notes_panel(view, sample_customer(system)) is None
        await system.services.add(
            "notes", definition="customer-notes", context=CHANNEL, values={"kinds": ["customer"]}, by="tests"
        )
        panel = await notes_panel(view, sample_customer(system))
        assert panel is not None
        assert "We call &lt;b&gt;you" in panel.html
        assert "internal" not in panel.html
        await system.services.change("notes", active=False, by="tests")
        async with asyncio.timeout(30):
            while await notes_panel(view, sample_customer(system)) is not None:  # noqa: ASYNC110
                await asyncio.sleep(0.05)


def test_every_text_has_a_german_one() -> None:
    assert catalog_problems("as_iomconnector") == []
