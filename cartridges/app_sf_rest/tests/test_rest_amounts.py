"""What the fields of an order, its prices and its documents mean."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from app_sf_rest.representation.documents import information, links
from app_sf_rest.representation.included import included
from app_sf_rest.representation.order import order_data
from app_sf_rest.representation.payment import payment_status
from app_sf_rest.representation.prices import both, totals_of
from iomconnector.model.exports import ExportRequest, ExportState
from iomconnector.model.local_order_status import local_status
from iomconnector.model.money import Money
from iomconnector.model.order_history import OrderView
from iomconnector.model.order_states import (
    OrderDocument,
    OrderState,
    PaymentState,
    PaymentStatus,
    StateSource,
)
from iomconnector.model.order_status import StatusName
from iomconnector.model.orders import Order
from iomconnector.testing.samples import NOON, placed_order, sample_order


def _euros(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


def _money(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="EUR")


def _charge(kind: str, gross: str, net: str, tax: str) -> dict[str, Any]:
    return {
        "type": kind,
        "gross": {"amount": _euros(gross)},
        "net": {"amount": _euros(net)},
        "taxes": [{"tax_class": "FullTax", "amount": _euros(tax)}],
    }


def _numbers(price: Any) -> tuple[float, float, float]:
    return float(price.gross.value), float(price.net.value), float(price.tax.value)


def _view(order: Order, state: OrderState | None = None) -> OrderView:
    request = ExportRequest(
        order_id=17,
        channel=order.channel,
        number=order.number,
        state=ExportState.EXPORTED,
        attempts=1,
        unclear=False,
        due_at=NOON,
        lease_until=None,
        reference=None,
        reason_code=None,
        reason=None,
        requested_at=NOON,
        updated_at=NOON,
        exported_at=NOON,
    )
    status = local_status(request.state) if state is None else state.status
    return OrderView(placed_order(order), request, status, StateSource.ORDER_MANAGEMENT, NOON, state)


def _item(order: Order, state: OrderState | None = None) -> dict[str, Any]:
    [item] = included([_view(order, state)], {"lineItems"}, "en")["lineItems"].values()
    return item


@pytest.mark.parametrize(("gross", "net"), [(119, None), (None, 100), (119, 100)])
def test_what_the_shop_left_out_follows_from_the_tax(gross: int | None, net: int | None) -> None:
    given = [None if each is None else Decimal(each) for each in (gross, net)]
    assert _numbers(both(given[0], given[1], Decimal(19), "EUR")) == (119, 100, 19)


def test_each_charge_stands_in_the_total_of_its_kind() -> None:
    order = sample_order(
        charges=[
            _charge("shipping", "11.90", "10", "1.90"),
            _charge("payment", "5.95", "5", "0.95"),
            _charge("handling", "2.38", "2", "0.38"),
            _charge("gift wrap", "1.19", "1", "0.19"),
        ]
    )
    totals = totals_of(order)
    assert _numbers(totals.shippingTotal) == (11.9, 10, 1.9)
    assert _numbers(totals.paymentCostsTotal) == (5.95, 5, 0.95)
    assert _numbers(totals.surchargeTotal) == (3.57, 3, 0.57)


def test_totals_are_those_after_promotions_but_where_they_say_otherwise() -> None:
    price = {
        "gross": {"amount": _euros("119"), "discounted": _euros("59.50")},
        "net": {"amount": _euros("100"), "discounted": _euros("50")},
        "taxes": [{"tax_class": "FullTax", "amount": _euros("9.50")}],
    }
    order = sample_order(subtotal=price)
    assert _numbers(totals_of(order).itemTotal) == (59.5, 50, 9.5)
    assert _numbers(totals_of(order).undiscountedItemTotal)[:2] == (119, 100)


def test_the_price_of_one_is_its_part_of_the_total() -> None:
    order = sample_order()
    document = order.model_dump(mode="json")
    document["shipping_buckets"][0]["line_items"][0]["quantity"]["value"] = "3"
    single = _item(Order.model_validate(document))["pricing"]["singleBasePrice"]
    assert [single[name]["value"] for name in ("gross", "net", "tax")] == [39.67, 33.33, 6.34]


def test_paid_and_remaining_are_not_mixed_up() -> None:
    state = PaymentState(
        status=PaymentStatus.PART_PAID,
        due=_money("100"),
        paid=_money("30"),
        paid_percent=Decimal(30),
        remaining=_money("70"),
        remaining_percent=Decimal(70),
        open_invoiced=_money("0"),
        overpaid=_money("0"),
        invoiced=False,
    )
    assert payment_status(state).model_dump(mode="json") == {
        "paymentStatus": "Part Paid",
        "paidAmount": {"value": 30.0, "currency": "EUR"},
        "paidAmountPercent": 30.0,
        "remainingAmount": {"value": 70.0, "currency": "EUR"},
        "remainingAmountPercent": 70.0,
    }


def test_a_line_item_has_the_status_and_the_quantities_of_its_position() -> None:
    order = sample_order()
    position = {
        "position": 1,
        "sku": "201807231-01",
        "name": "Running shoes",
        "status": {"code": "RETURNED", "texts": {"en": "Returned"}},
        "ordered": 9,
        "confirmed": [{"quantity": 8}],
        "dispatches": [{"quantity": 7, "at": NOON}],
        "cancellations": [{"quantity": 1}],
        "returns": [{"quantity": 2, "status": "CLOSED"}],
    }
    state = {"number": order.number, "status": StatusName(code="SENT"), "positions": [position]}
    item = _item(order, OrderState.model_validate(state))
    assert item["fulfillmentStatus"] == "Returned"
    assert item["quantities"] == {
        "ordered": 9,
        "confirmed": 8,
        "shipped": 7,
        "cancelled": 1,
        "returned": 2,
    }


def test_what_the_buyer_wrote_stands_where_clients_look_for_it() -> None:
    order = sample_order(
        customer_order_number="PO 7",
        cost_center="CC 1",
        message_to_merchant="Ring twice",
        payments=[{"service_id": "GIFT_CARD", "tender": "limited"}, {"service_id": "INVOICE"}],
    )
    view = _view(order)
    data = order_data(view, "en").model_dump(mode="json")
    names = ("externalOrderReference", "costCenter", "messageToMerchant")
    assert [data[name] for name in names] == ["PO 7", "CC 1", "Ring twice"]
    payments = included([view], {"payments"}, "en")["payments"]
    assert [payments[each]["openTender"] for each in data["payments"]] == [False, True]


def test_a_document_tells_its_moment_in_utc_to_the_nanosecond_and_its_id_encoded() -> None:
    made = datetime.fromisoformat("2026-11-02T00:30:15.123456+01:00")
    document = OrderDocument(id="ä-1", type="invoiceNote", name="invoice", created_at=made)
    told = information("shop-Site", "17", document)
    assert told.creationDate == [2026, 11, 1, 23, 30, 15, 123_456_000]
    [link] = links("shop-Site", "17", [document]).elements
    assert link.uri == "shop-Site/-/orders/17/documents/%C3%A4-1"
