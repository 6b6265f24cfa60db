"""What makes an order whole: unique numbers, a receiver, a delivery that fits, a place in the tree."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iomconnector.errors import ConfigurationError
from iomconnector.model.contexts import Context, ContextKind
from iomconnector.model.exports import ExportState
from iomconnector.model.order_documents import OrderDocumentError, dump_order, order_from
from iomconnector.model.orders import Order
from iomconnector.testing.hypothesis_profiles import examples
from iomconnector.testing.samples import CONTEXTS, sample_order
from iomconnector.testing.strategies import orders

Change = Callable[[dict[str, Any]], object]


def _changed(change: Change) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(dump_order(sample_order()))
    change(document)
    return document


def _bucket(document: dict[str, Any]) -> dict[str, Any]:
    bucket: dict[str, Any] = document["shipping_buckets"][0]
    return bucket


def _item(document: dict[str, Any]) -> dict[str, Any]:
    item: dict[str, Any] = _bucket(document)["line_items"][0]
    return item


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: _bucket(d)["line_items"].append(_item(d)), "line item position 1 occurs more than once"),
        (
            lambda d: d.update(shipping_buckets=[{**_bucket(d), "number": "7"}] * 2),
            "occurs more than once",
        ),
        (lambda d: d.update(shipping_buckets=[]), "shipping_buckets: "),
        (lambda d: _bucket(d).update(line_items=[]), "line_items: "),
        (lambda d: d.update(payments=[]), "payments: "),
        (lambda d: d["subtotal"].update(taxes=[]), "subtotal.taxes: "),
        (
            lambda d: (d["total"].pop("net"), d["total"].pop("gross")),
            "needs a net price, a gross price or both",
        ),
        (lambda d: d["invoice_address"].pop("person"), "needs a person, a company_name or both"),
        (lambda d: d["invoice_address"].update(country_code="Deutschland"), "country_code: "),
        (lambda d: d["invoice_address"].update(type="cave"), "invoice_address: "),
        (
            lambda d: _item(d).update(delivery={"kind": "express"}),
            "name must be given for an express delivery",
        ),
        (
            lambda d: _item(d).update(delivery={"kind": "standard", "name": "Hermes"}),
            "name must be given for an express delivery",
        ),
        (lambda d: _item(d).update(delivery={"kind": "fixed"}), "desired_at must be given"),
        (lambda d: _item(d)["quantity"].update(value="-1"), "quantity.value: "),
        (lambda d: _item(d)["product"].update(ean="abc"), "product.ean: "),
        (lambda d: d.update(number=""), "number: "),
        (lambda d: d.update(number="x" * 256), "number: "),
    ],
)
def test_an_order_that_is_not_whole_is_refused(change: Change, said: str) -> None:
    with pytest.raises(OrderDocumentError) as refused:
        order_from(_changed(change))
    assert said in refused.value.message


@examples(40)
@given(orders())
def test_the_line_items_of_an_order_are_those_of_its_buckets(order: Order) -> None:
    positions = [item.position for item in order.line_items]
    assert len(positions) == sum(len(bucket.line_items) for bucket in order.shipping_buckets)
    assert len(positions) == len(set(positions))


@given(st.sampled_from(ExportState))
def test_a_settled_export_needs_nothing_but_a_person(state: ExportState) -> None:
    waits_for_the_system = state in (ExportState.DUE, ExportState.SENDING)
    waits_for_an_approver = state is ExportState.WAITING_FOR_APPROVAL
    assert state.settled is not (waits_for_the_system or waits_for_an_approver)


def test_each_level_of_the_tree_hangs_below_the_one_above() -> None:
    assert [kind.above for kind in ContextKind] == [None, ContextKind.ORGANIZATION, ContextKind.CHANNEL]


def test_a_context_that_stands_elsewhere_says_where() -> None:
    organization, channel, _ = CONTEXTS
    elsewhere = Context(id=channel.id, kind=ContextKind.APPLICATION, display_name="x", parent="other")
    other = Context(id="other", kind=ContextKind.CHANNEL, display_name="x", parent=organization.id)
    with pytest.raises(ConfigurationError, match=f"as channel below {organization.id}"):
        elsewhere.check_place(parent=other, present=channel)


@pytest.mark.parametrize(
    ("gone", "discounted", "to_pay"),
    [((), None, "119 EUR"), (("gross",), None, "100 EUR"), (("net",), "99", "99 EUR"), ((), "0", "0 EUR")],
)
def test_what_is_to_pay_is_gross_where_there_is_a_gross_price_and_after_promotions(
    gone: tuple[str, ...], discounted: str | None, to_pay: str
) -> None:
    document = json.loads(dump_order(sample_order()))
    if discounted is not None:
        document["total"]["gross"]["discounted"] = {"amount": discounted, "currency": "EUR"}
    for side in gone:
        del document["total"][side]
    assert str(order_from(document).total.to_pay) == to_pay
