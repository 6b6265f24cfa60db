"""What people do to orders: cancel, dispatch, take back, write, pay; and the money and papers that follow."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from dev_iomconnector_iom import ApiVersion, ControlError, PiecesOfPosition, RunningStandIn
from dev_iomconnector_iom.exact_json import JsonObject
from dev_iomconnector_iom.samples import sample_order
from dev_iomconnector_iom.testing import Caller, altered, manual_stand_in
from dev_iomconnector_iom.testing.official import complaints, openapi_folder

SHOP = 10020


@pytest.fixture(scope="module")
def iom() -> Iterator[RunningStandIn]:
    with manual_stand_in() as running:
        yield running


def commissioned(iom: RunningStandIn, number: str, **changes: Any) -> Caller:
    caller = Caller(iom.url)
    assert caller.post_order(altered(sample_order(number), changes)).status == 201
    assert iom.control.push(SHOP, number, "STATE_COMMISSIONED").state == "STATE_COMMISSIONED"
    return caller


def checked(caller: Caller, number: str) -> JsonObject:
    """The order state, after the official schema had its say."""
    answer = caller.get(f"/order-states?shopOrderNumbers={number}")
    if openapi_folder() is not None:
        assert complaints(answer.json, "OrderStateCollectionContainer", ApiVersion.V2_4) == []
    (state,) = answer.json["data"]
    return dict(state)


def position(state: JsonObject, place: int) -> JsonObject:
    found: JsonObject = state["shippingBuckets"][0]["positions"][place]
    return found


ONE_OF_FIRST = PiecesOfPosition(position=1, quantity=1)


def test_states_follow_from_quantities(iom: RunningStandIn) -> None:
    commissioned(iom, "Quantities")
    control = iom.control
    steps = [
        control.cancel(SHOP, "Quantities", ONE_OF_FIRST).state,
        control.dispatch(SHOP, "Quantities", ONE_OF_FIRST).state,
        control.take_back(SHOP, "Quantities", ONE_OF_FIRST).state,
        control.dispatch(SHOP, "Quantities").state,
        control.take_back(SHOP, "Quantities").state,
    ]
    assert steps == [
        "STATE_COMMISSIONED_PARTLY_RETURNED",
        "STATE_COMMISSIONED_PARTLY_DISPATCHED_PARTLY_RETURNED",
        "STATE_COMMISSIONED_PARTLY_DISPATCHED_PARTLY_RETURNED",
        "STATE_DISPATCHED_PARTLY_RETURNED",
        "STATE_RETURNED",
    ]


def test_returned_pieces_are_listed_by_quantity_or_by_serial_number(iom: RunningStandIn) -> None:
    caller = commissioned(iom, "Returned")
    iom.control.dispatch(SHOP, "Returned")
    iom.control.take_back(SHOP, "Returned", ONE_OF_FIRST, reason="RET100", kind="DEF")
    iom.control.take_back(SHOP, "Returned", PiecesOfPosition(position=2, quantity=1, serial_numbers=("S-1",)))
    state = checked(caller, "Returned")
    (by_quantity,) = position(state, 0)["returned"]
    assert by_quantity["quantity"] == 1
    assert by_quantity["returnReason"] == {"value": "RET100", "type": "DEF"}
    assert by_quantity["payment"]["refundNet"] == Decimal("20.00")
    (by_unit,) = position(state, 1)["returned"]
    assert by_unit["units"] == [{"serialNumber": "S-1", "returnReason": {"value": "RET010", "type": "RET"}}]
    assert "quantity" not in by_unit


@pytest.mark.parametrize(
    ("action", "pieces", "message"),
    [
        ("dispatch", PiecesOfPosition(position=1, quantity=3), "Position 1 has 2 open pieces, not 3."),
        ("cancel", PiecesOfPosition(position=9), "no position 9, only 1, 2"),
        ("take_back", PiecesOfPosition(position=1, quantity=1), "Position 1 has 0 returnable pieces, not 1."),
    ],
)
def test_nobody_gets_more_than_there_is(
    action: str, pieces: PiecesOfPosition, message: str, iom: RunningStandIn
) -> None:
    number = f"Too much {action}"
    commissioned(iom, number)
    with pytest.raises(ControlError, match=message) as caught:
        getattr(iom.control, action)(SHOP, number, pieces)
    assert caught.value.status == 409
    assert iom.control.order(SHOP, number).state == "STATE_COMMISSIONED"


def test_goods_leave_only_after_commissioning(iom: RunningStandIn) -> None:
    Caller(iom.url).post_order(sample_order("Early"))
    with pytest.raises(ControlError, match="must be COMMISSIONED first"):
        iom.control.dispatch(SHOP, "Early")
    assert iom.control.cancel(SHOP, "Early").state == "STATE_RETURNED"


def test_captured_money_is_accounted_for(iom: RunningStandIn) -> None:
    caller = commissioned(iom, "Card", **{"payment.paymentMethod": "ISH_CREDITCARD"})
    (authorization,) = checked(caller, "Card")["paymentState"]["paymentHistory"]
    assert (authorization["type"], authorization["action"]) == ("ACTION", "AUTHORIZATION")
    assert authorization["amount"] == Decimal("126.45")
    iom.control.dispatch(SHOP, "Card", PiecesOfPosition(position=1))
    iom.control.dispatch(SHOP, "Card")
    iom.control.take_back(SHOP, "Card", PiecesOfPosition(position=2))
    money = checked(caller, "Card")["paymentState"]
    assert {name: value for name, value in money.items() if name.endswith("Amount")} == {
        "invoicingDebitAmount": Decimal("126.45"),
        "invoicingCreditAmount": Decimal("72.00"),
        "chargedDebitAmount": Decimal("126.45"),
        "chargedCreditAmount": Decimal("72.00"),
        "chargedOpenAmount": Decimal("0.00"),
        "bookedDebitAmount": Decimal("126.45"),
        "bookedCreditAmount": Decimal("72.00"),
        "bookedOpenAmount": Decimal("0.00"),
    }
    captures = [item["amount"] for item in money["paymentHistory"] if item["action"] == "CAPTURE"]
    assert captures == [Decimal("48.40"), Decimal("78.05")]
    assert money["lastCaptureDate"] <= money["lastRefundDate"]
    assert all(item["invoiceNumber"] for item in money["paymentHistory"][1:])


def test_an_invoice_stays_open_until_it_is_paid(iom: RunningStandIn) -> None:
    caller = commissioned(iom, "Bill")
    assert "paymentState" not in checked(caller, "Bill")
    iom.control.cancel(SHOP, "Bill", ONE_OF_FIRST)
    iom.control.dispatch(SHOP, "Bill")
    money = checked(caller, "Bill")["paymentState"]
    assert money["invoicingDebitAmount"] == Decimal("102.25")
    assert money["bookedOpenAmount"] == Decimal("-102.25")
    iom.control.book_payment(SHOP, "Bill", Decimal("100.00"), "bank transfer")
    money = checked(caller, "Bill")["paymentState"]
    assert money["bookedOpenAmount"] == Decimal("-2.25")
    assert money["chargedOpenAmount"] == 0
    assert money["paymentHistory"][0]["comment"] == "bank transfer"


def test_documents_are_real_pdf_files_behind_their_links(iom: RunningStandIn) -> None:
    caller = commissioned(iom, "Papers")
    iom.control.dispatch(SHOP, "Papers")
    iom.control.take_back(SHOP, "Papers", ONE_OF_FIRST)
    iom.control.add_document(SHOP, "Papers", "returnSlip", "Rücksendeschein № 1", "Łódź 5 €", "x" * 500)
    documents = checked(caller, "Papers")["documents"]
    assert [document["type"] for document in documents] == [
        "deliveryNote",
        "invoiceNote",
        "creditNote",
        "returnSlip",
    ]
    stranger = Caller(iom.url, authorization=None)
    for document in documents:
        link = document["downloadLink"].removeprefix(iom.url)
        kind = document["type"]
        assert link.startswith(f"/servlets/DocumentServlet/v1.0/{kind}/{kind[0].upper()}{kind[1:]}.pdf?k=")
        answer = stranger.call("GET", link)
        assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
        assert answer.body.startswith(b"%PDF-")
        assert answer.body.rstrip().endswith(b"%%EOF")


def test_a_link_opens_one_document_only(iom: RunningStandIn) -> None:
    caller = commissioned(iom, "Locked")
    iom.control.dispatch(SHOP, "Locked")
    first, second = (
        each["downloadLink"].removeprefix(iom.url) for each in checked(caller, "Locked")["documents"]
    )
    stranger = Caller(iom.url, authorization=None)
    key, _, rest = second.partition("?k=")[2].partition("&")
    assert stranger.call("GET", f"{first.partition('?')[0]}?k={key}&{rest}").status == 403
    assert stranger.call("GET", second.replace(f"k={key}", "k=")).status == 403
    assert stranger.call("GET", second.partition("?")[0]).status == 404
    assert stranger.call("GET", second.replace("InvoiceNote.pdf", "Other.pdf")).status == 404


def test_notes_are_shown(iom: RunningStandIn) -> None:
    caller = commissioned(iom, "Notes")
    iom.control.add_note(SHOP, "Notes", "The parcel was wet.")
    iom.control.add_note(SHOP, "Notes", "Called back.", "ESCALATION")
    notes = checked(caller, "Notes")["notes"]
    assert [(note["type"], note["message"]) for note in notes] == [
        ("COMPLAINT", "The parcel was wet."),
        ("ESCALATION", "Called back."),
    ]
