"""Whatever an order is, a client finds everything that it refers to, and every total with gross and net."""

import json

from hypothesis import given
from hypothesis import strategies as st

from app_sf_rest.representation.included import INCLUDES, included
from app_sf_rest.representation.order import OrderDocument, order_data
from iomconnector.model.exports import ExportRequest, ExportState, PlacedOrder
from iomconnector.model.local_order_status import local_status
from iomconnector.model.order_history import OrderView
from iomconnector.model.order_states import StateSource
from iomconnector.model.orders import Order
from iomconnector.testing.samples import NOON, sample_order
from iomconnector.testing.strategies import orders


def _view(order: Order, key: int = 7) -> OrderView:
    request = ExportRequest(
        order_id=key,
        channel=order.channel,
        number=order.number,
        state=ExportState.DUE,
        attempts=0,
        unclear=False,
        due_at=NOON,
        lease_until=None,
        reference=None,
        reason_code=None,
        reason=None,
        requested_at=NOON,
        updated_at=NOON,
        exported_at=None,
    )
    return OrderView(PlacedOrder(order), request, local_status(request.state), StateSource.SHOP, NOON)


@given(order=orders(), language=st.sampled_from(["en", "de", "xx"]))
def test_every_reference_is_in_its_dictionary(order: Order, language: str) -> None:
    view = _view(order)
    document = OrderDocument(
        data=order_data(view, language), included=included([view], frozenset(INCLUDES), language)
    )
    content = json.loads(document.model_dump_json(exclude_none=True))
    data, dictionaries = content["data"], content["included"]
    for name in ("invoiceToAddress", "commonShipToAddress"):
        assert data[name] in dictionaries[name]
    for name in ("lineItems", "payments"):
        assert data[name] == list(dictionaries[name])
    for name in ("valueBasedDiscounts", "shippingBasedDiscounts"):
        assert set(data["discounts"][name]) <= set(dictionaries["discounts"])
    for item in dictionaries["lineItems"].values():
        assert item["shipToAddress"] in dictionaries["shipToAddress"]
        assert {"pricing", "displayName", "description", "fulfillmentStatus"} <= item.keys()
        assert {
            "price",
            "singleBasePrice",
            "total",
            "undiscountedPrice",
            "undiscountedSingleBasePrice",
            "salesTaxTotal",
        } <= item["pricing"].keys()
    for payment in dictionaries["payments"].values():
        assert payment["paymentMethod"] in dictionaries["payments_paymentMethod"]
        assert payment["paymentInstrument"] in dictionaries["payments_paymentInstrument"]


@given(order=orders())
def test_every_total_has_gross_and_net_in_the_currency_of_the_order(order: Order) -> None:
    totals = json.loads(order_data(_view(order), "en").totals.model_dump_json())
    assert {"itemTotal", "shippingTotal", "paymentCostsTotal", "grandTotal"} <= totals.keys()
    for total in totals.values():
        for side in ("gross", "net", "tax"):
            assert isinstance(total[side]["value"], float)
            assert total[side]["currency"] == order.currency


def test_a_payment_of_a_part_has_its_own_amount() -> None:
    card = {"service_id": "ISH_GIFTCARD", "tender": "limited", "amount": {"amount": "20", "currency": "EUR"}}
    order = sample_order(payments=[card, {"service_id": "ISH_INVOICE"}])
    payments = included([_view(order)], {"payments"}, "en")["payments"]
    assert [each["totalAmount"]["gross"]["value"] for each in payments.values()] == [20.0, 119.0]


@given(order=orders(), wanted=st.sets(st.sampled_from(INCLUDES)))
def test_only_what_was_asked_for_is_included(order: Order, wanted: set[str]) -> None:
    assert set(included([_view(order)], wanted, "en")) == wanted


@given(st.lists(orders(), min_size=1, max_size=4))
def test_orders_of_one_page_share_a_dictionary_and_no_entry(found: list[Order]) -> None:
    views = [_view(order, key) for key, order in enumerate(found, 1)]
    together = included(views, {"lineItems", "payments"}, "en")
    assert len(together["lineItems"]) == sum(len(list(order.line_items)) for order in found)
    assert len(together["payments"]) == sum(len(order.payments) for order in found)
