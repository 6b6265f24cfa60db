"""Whatever IOM answers, one bad part never loses the rest, and nothing of it breaks the reader."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ac_iomconnector_common.order_statuses import OrderStatusTable
from ac_iomconnector_orderhistory.configuration import DEFAULT_KINDS
from ac_iomconnector_orderhistory.reading.order import OrderReader
from iomconnector.model.order_states import DocumentKind
from iomconnector.model.order_status import Phase

READER = OrderReader(OrderStatusTable(), DEFAULT_KINDS)
LINK = (
    "https://elsewhere.example/servlets/DocumentServlet/v1.0/invoiceNote/InvoiceNote.pdf?k=17abc&i=17&s=10010"
)

STATE: dict[str, Any] = {
    "shopOrderNumber": "00000042",
    "shopOrderCreationDate": "2026-11-02T12:00:00.000+01:00",
    "status": "STATE_COMMISSIONED_PARTLY_DISPATCHED",
    "customerData": {"customerDataType": "PERSON", "shopCustomerNumber": "1001"},
    "sales": {"currencyCode": "EUR", "total": {"gross": {"amount": 119, "amountDiscounted": 100}}},
    "notes": [{"message": "Call first", "type": "COMPLAINT"}, {"message": ""}, 7],
    "documents": [
        {"type": "invoiceNote", "downloadLink": LINK, "creationDate": "2026-11-03T08:00:00.123Z"},
        {"type": "somethingNew", "downloadLink": "/servlets/DocumentServlet/x"},
    ],
    "shippingBuckets": [
        {
            "positions": [
                {
                    "number": 1,
                    "product": {"number": "A", "name": "Shoes"},
                    "status": "STATE_COMMISSIONED",
                    "ordered": {"quantity": 5},
                    "commissioned": {"name": "Supplier X", "commissionDate": "2026-11-02T13:00:00Z"},
                    "confirmed": {
                        "type": "INITIAL",
                        "confirmationDate": "2026-11-02T14:00:00Z",
                        "quantities": [{"value": 4, "plannedDeliveryDate": "2026-11-05"}],
                        "cancelled": [{"quantity": 1, "reason": {"id": "CAN010", "value": "Sold out"}}],
                    },
                    "dispatched": [
                        {
                            "quantity": 2,
                            "dispatchDate": "2026-11-03T09:00:00Z",
                            "deliveryNoteNumber": "D-1",
                            "carrier": {
                                "name": "DHL",
                                "packages": 1,
                                "shipmentTracking": {"number": "00340", "url": "https://dhl.example/00340"},
                            },
                        }
                    ],
                    "returned": [
                        {
                            "status": "CLOSED",
                            "quantity": 1,
                            "returnReason": {"value": "RET020", "type": "RET"},
                        },
                        {"status": "NEW_ONE", "units": [{"serialNumber": "S1"}, {"serialNumber": "S2"}]},
                    ],
                }
            ]
        }
    ],
}


def test_a_whole_state_is_read() -> None:
    state = READER.read(STATE)
    assert state is not None
    assert state.status.text("en") == "partly shipped"
    assert state.status.text("de") == "teilweise versandt"
    assert state.status.phase is Phase.PARTLY_SHIPPED
    assert str(state.total) == "100 EUR"
    [position] = state.positions
    assert (position.ordered, position.confirmed_quantity, position.cancelled_quantity) == (5, 4, 1)
    assert (position.dispatched_quantity, position.returned_quantity) == (2, 3)
    assert position.returns[1].serial_numbers == ("S1", "S2")
    assert position.dispatches[0].tracking is not None
    assert [note.text for note in state.notes] == ["Call first"]


def test_documents_have_ids_and_names_of_their_own_and_no_link() -> None:
    state = READER.read(STATE)
    assert state is not None
    invoice, unknown = state.documents
    assert invoice.kind is DocumentKind.INVOICE
    assert unknown.kind is None
    assert invoice.name == "invoiceNote_17_2026-11-03T08:00:00.123"
    assert "17abc" not in state.model_dump_json()
    assert "servlets" not in state.model_dump_json()


def test_a_document_keeps_its_id_when_the_key_of_its_link_changes() -> None:
    other = copy.deepcopy(STATE)
    other["documents"][0]["downloadLink"] = LINK.replace("17abc", "17def")
    first, second = READER.read(STATE), READER.read(other)
    assert first is not None
    assert second is not None
    assert first.documents[0].id == second.documents[0].id


def test_documents_of_two_types_differ_and_one_that_is_listed_twice_stands_once() -> None:
    [invoice, *_] = STATE["documents"]
    listed = [invoice, {**invoice, "type": "deliveryNote"}, dict(invoice)]
    state = READER.read({**STATE, "documents": listed})
    assert state is not None
    assert [each.type for each in state.documents] == ["invoiceNote", "deliveryNote"]
    assert len({each.id for each in state.documents}) == 2


def test_positions_of_all_shipping_buckets_are_read() -> None:
    [bucket] = STATE["shippingBuckets"]
    state = READER.read({**STATE, "shippingBuckets": [bucket, {}, bucket]})
    assert state is not None
    assert len(state.positions) == 2


@pytest.mark.parametrize(
    ("total", "shown"),
    [
        ({"gross": {"amount": 119}, "net": {"amount": 100}}, "119 EUR"),
        ({"gross": {"amount": 119, "amountDiscounted": 0}, "net": {"amount": 100}}, "0 EUR"),
        ({"net": {"amount": 100, "amountDiscounted": 90}}, "90 EUR"),
        ({}, "None"),
    ],
)
def test_the_total_is_gross_and_discounted_where_it_can_be(total: dict[str, Any], shown: str) -> None:
    state = READER.read({**STATE, "sales": {"currencyCode": "EUR", "total": total}})
    assert state is not None
    assert str(state.total) == shown


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-11-02T12:00:00", "2026-11-02T12:00:00+00:00"),
        ("2026-11-02T12:00:00.000+01:00", "2026-11-02T12:00:00+01:00"),
    ],
)
def test_a_moment_without_offset_is_one_in_utc(written: str, read: str) -> None:
    state = READER.read({**STATE, "shopOrderCreationDate": written})
    assert state is not None
    assert state.created_at is not None
    assert state.created_at.isoformat() == read


def test_an_unknown_status_is_shown_as_it_came() -> None:
    state = READER.read({**STATE, "status": "STATE_BRAND_NEW"})
    assert state is not None
    assert state.status.text("de") == "STATE_BRAND_NEW"
    assert state.status.phase is Phase.UNKNOWN


def test_a_shop_names_statuses_itself_with_or_without_prefix() -> None:
    table = OrderStatusTable(
        {"DISPATCHED": "on its way"}, {"STATE_BRAND_NEW": "ganz neu"}, {"X": Phase.SHIPPED}
    )
    assert table.named("STATE_DISPATCHED").text("en") == "on its way"
    assert table.named("STATE_DISPATCHED").text("de") == "versandt"
    assert table.named("BRAND_NEW").text("de") == "ganz neu"
    assert table.named("STATE_X").phase is Phase.SHIPPED


junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=20)
    | st.decimals(allow_nan=True, allow_infinity=True)
    | st.sampled_from(
        ["2026-11-02T12:00:00", "2026-02-30", "0001-01-01T00:00:00+23:59", "EUR", LINK, "://["]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


def _paths(document: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    below = (
        document.items()
        if isinstance(document, dict)
        else enumerate(document)
        if isinstance(document, list)
        else ()
    )
    return [found for key, value in below for found in [(*path, key), *_paths(value, (*path, key))]]


@given(data=st.data())
def test_junk_in_any_place_loses_that_part_alone(data: st.DataObject) -> None:
    document = copy.deepcopy(STATE)
    path = data.draw(st.sampled_from(_paths(STATE)))
    here: Any = document
    for key in path[:-1]:
        here = here[key]
    here[path[-1]] = data.draw(junk)
    state = READER.read(document)
    if path[0] in ("shopOrderNumber", "status"):
        return
    assert state is not None
    assert state.number == "00000042"
    if path[0] != "notes":
        assert [note.text for note in state.notes] == ["Call first"]
    if path[0] not in ("documents", "shippingBuckets"):
        assert len(state.documents) == 2
        assert len(state.positions) == 1


@given(junk)
def test_junk_alone_is_no_state_and_no_crash(document: Any) -> None:
    if isinstance(document, dict):
        READER.read(document)
