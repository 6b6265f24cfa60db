"""What IOM cannot take is refused; what the configuration permits to lose leaves a note."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ac_iomconnector_orderexport.testing.mapping import map_order
from ac_iomconnector_orderexport.testing.samples import full_order
from ac_iomconnector_rest_common.order_api_version import OrderApiVersion
from iomconnector.model.approvals import ApprovalDecision
from iomconnector.model.exports import PlacedOrder
from iomconnector.model.order_documents import dump_order, parse_json
from iomconnector.model.orders import Order
from iomconnector.ports.order_export_service import OrderNotExportableError


def changed(*path: str | int, value: Any) -> Order:
    """The full order with one field changed."""
    content = parse_json(dump_order(full_order()))
    place = content
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = value
    return Order.model_validate(content)


def refusal(order: Order | PlacedOrder, **settings: Any) -> str:
    with pytest.raises(OrderNotExportableError) as caught:
        map_order(order, **settings)
    return caught.value.message


LINE = ("shipping_buckets", 0, "line_items", 0)
AT_LINE = "shipping_buckets[0].line_items[0]"


@pytest.mark.parametrize(
    ("order", "sentence"),
    [
        (changed(*LINE, "kind", value="warranty"), f'{AT_LINE} "Logitech ClearChat Comfort" is a warranty'),
        (
            full_order(payments=[{"service_id": "ISH_INVOICE"}, {"service_id": "GC", "tender": "limited"}]),
            'payments[1] "GC" is a limited-tender payment',
        ),
        (
            full_order(payments=[{"service_id": "ISH_INVOICE"}, {"service_id": "ISH_PAYPAL"}]),
            'payments[1] "ISH_PAYPAL" is one payment too many',
        ),
        (changed(*LINE, "quantity", "value", value="1.5"), f"{AT_LINE}.quantity.value 1.5 is no whole"),
        (changed(*LINE, "product", "ean", value="0123"), f'{AT_LINE}.product.ean "0123" begins with zeros'),
        (
            changed(*LINE, "attributes", value={"g": {"EANCode": "12"}}),
            f"{AT_LINE}.product.ean is given",
        ),
        (changed(*LINE, "attributes", value={"g": {"ISBN": "1-2"}}), f"{AT_LINE}.product.isbn is given"),
        (full_order(reservation_id="none"), 'reservation_id "none" is no reservation id'),
        (full_order(reservation_id="007"), 'reservation_id "007" is no reservation id'),
        (full_order(reservation_id="9" * 30), 'reservation_id "9999'),
        (full_order(reservation_id=str(2**63)), "reservation_id 9223372036854775808 is above"),
        (
            full_order(attributes={"a": {"InventoryReservationId": "1"}}),
            "reservation_id is given more than once and differently: reservation_id is '907041', "
            "attributes.a.InventoryReservationId is '1'",
        ),
        (full_order(number=".."), 'number ".." is made of dots only'),
        (changed("invoice_address", "country_code", value="XX"), 'invoice_address.country_code "XX" is no'),
        (
            changed("invoice_address", "additional_lines", value=list("1234")),
            "invoice_address.additional_lines",
        ),
        (
            full_order(attributes={"payment": {"transactionId": "other"}}),
            'payments[0].attributes.transactionId "tx-1" belongs to the additional attribute '
            "payment/transactionId, where 'other' stands already",
        ),
    ],
    ids=lambda value: "order" if isinstance(value, Order) else str(value)[:60],
)
def test_what_iom_does_not_support_is_refused(order: Order, sentence: str) -> None:
    assert f"Order {order.number}: {sentence}" in refusal(order)


def test_order_numbers_with_letters_are_refused_where_that_is_settled() -> None:
    order = full_order(number="!00000001")
    assert map_order(order).document["shopOrderNumber"] == "!00000001"
    assert 'number "!00000001" has characters other than digits' in refusal(
        order, digits_only_order_numbers=True
    )
    assert map_order(full_order(), digits_only_order_numbers=True).notes == ()


def test_leading_zeros_of_an_ean_are_dropped_with_a_note_where_that_is_settled() -> None:
    mapped = map_order(changed(*LINE, "product", "ean", value="0012345"), drop_ean_leading_zeros=True)
    assert mapped.document["shippingBuckets"][0]["positions"][0]["product"]["ean"] == 12345
    assert mapped.notes == (f"{AT_LINE}.product.ean 0012345 is exported as the number 12345.",)


@pytest.mark.parametrize(("type_", "most"), [("street", 3), ("packing_station", 2)])
def test_too_many_address_lines_are_joined_with_a_note_where_that_is_settled(type_: str, most: int) -> None:
    index = 0 if type_ == "street" else 1
    order = changed("shipping_buckets", index, "address", "additional_lines", value=list("ABCDE"))
    path = f"shipping_buckets[{index}].address.additional_lines"
    assert path in refusal(order)
    mapped = map_order(order, additional_lines_overflow="join")
    additions = mapped.document["shippingBuckets"][index]["shippingAddress"]["location"]["additions"]
    assert additions == [*"ABCDE"[: most - 1], ", ".join("ABCDE"[most - 1 :])]
    (note,) = mapped.notes
    assert note.startswith(f"{path}: 5 lines are exported as {most}")


@pytest.mark.parametrize(("rounding", "exported"), [("half_up", "1.13"), ("half_even", "1.12")])
def test_amounts_are_rounded_with_a_note_where_that_is_settled(rounding: str, exported: str) -> None:
    order = changed("total", "taxes", 0, "amount", value={"amount": "1.125", "currency": "EUR"})
    assert "total.taxes[0].amount 1.125 has 3 decimals, at most 2 are allowed" in refusal(order)
    mapped = map_order(order, amount_rounding=rounding)
    assert mapped.document["sales"]["total"]["taxes"][0]["amount"] == Decimal(exported)
    assert mapped.notes == (f"total.taxes[0].amount 1.125 is exported as {exported} ({rounding}).",)


def test_promotions_never_have_more_than_two_decimals() -> None:
    order = changed("subtotal", "promotions", 0, "net", value={"amount": "1.111", "currency": "EUR"})
    assert "subtotal.promotions[0].net 1.111 has 3 decimals, at most 2" in refusal(order, amount_decimals=5)
    mapped = map_order(order, amount_decimals=5, amount_rounding="half_up")
    assert mapped.notes == ("subtotal.promotions[0].net 1.111 is exported as 1.11 (half_up).",)


def test_finer_amounts_pass_where_iom_is_configured_for_them() -> None:
    order = changed("total", "taxes", 0, "amount", value={"amount": "1.12345", "currency": "EUR"})
    mapped = map_order(order, amount_decimals=5)
    assert mapped.document["sales"]["total"]["taxes"][0]["amount"] == Decimal("1.12345")
    assert mapped.notes == ()


@given(st.decimals(min_value=0, max_value="13.22", places=5), st.integers(0, 5))
def test_no_rounding_happens_without_a_note(amount: Decimal, decimals: int) -> None:
    order = changed("total", "taxes", 0, "amount", value={"amount": str(amount), "currency": "EUR"})
    mapped = map_order(order, amount_decimals=max(2, decimals), amount_rounding="half_up")
    exported = mapped.document["sales"]["total"]["taxes"][0]["amount"]
    assert (exported == amount) is (mapped.notes == ())
    assert abs(exported - amount) <= Decimal("0.005")


DECISION = ApprovalDecision.model_validate(
    {
        "step": 0,
        "kind": "cost_center",
        "decision": "approved",
        "decided_by": "jlink@example.com",
        "decided_at": "2026-03-01T10:00:00Z",
    }
)
STEPS = [{"kind": "cost_center", "approvers": ["jlink@example.com"]}]


@pytest.mark.parametrize(
    ("placed", "field"),
    [
        (PlacedOrder(full_order(message_to_merchant="ring twice")), "message_to_merchant"),
        (PlacedOrder(full_order(approval_steps=STEPS), (DECISION,)), "decisions"),
        (
            PlacedOrder(
                full_order(
                    payments=[{"service_id": "ISH_INVOICE", "amount": {"amount": "5.00", "currency": "EUR"}}]
                )
            ),
            "payments[0].amount",
        ),
    ],
    ids=["message", "decisions", "amount"],
)
def test_what_has_no_place_is_refused_or_dropped_with_a_note(placed: PlacedOrder, field: str) -> None:
    assert f"Order 00000042: {field} " in refusal(placed)
    (note,) = map_order(placed, unmapped_fields="drop").notes
    assert note.startswith(f"{field} ")
    assert "is not exported" in note


def test_payment_attributes_without_a_group_are_refused_or_dropped_with_a_note() -> None:
    field = "payments[0].attributes.transactionId"
    assert f'{field} "tx-1" has no field' in refusal(full_order(), payment_attributes_group="")
    mapped = map_order(full_order(), payment_attributes_group="", unmapped_fields="drop")
    assert "payment" not in mapped.document["additionalAttributes"]
    assert len(mapped.notes) == 1
    assert field in mapped.notes[0]


def test_version_2_0_refuses_tax_rates_and_locations_or_drops_them_with_notes() -> None:
    text = refusal(full_order(), version=OrderApiVersion.V2_0)
    assert "Order 00000042: total.taxes[0].rate 19 has no field in version 2.0 of the Order API" in text
    assert 'Order 00000042: total.taxes[0].location "DEU" has no field' in text
    mapped = map_order(full_order(), version=OrderApiVersion.V2_0, unmapped_fields="drop")
    assert mapped.document["sales"]["total"]["taxes"] == [{"type": "FullTax", "amount": Decimal("1.90")}]
    taxes = 1 + 1 + 1 + 3 + 2
    assert len(mapped.notes) == 2 * taxes


def test_a_payment_of_the_whole_total_is_told_by_the_total() -> None:
    paid = {"service_id": "ISH_INVOICE", "amount": {"amount": "11.9", "currency": "EUR"}}
    assert map_order(full_order(payments=[paid])).notes == ()
