"""Whatever order a shop places: it arrives whole in IOM's document, or is refused with reasons."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from ac_iomconnector_common.countries import to_alpha3
from ac_iomconnector_orderexport.document import OrderDocument
from ac_iomconnector_orderexport.limits import breached_limits
from ac_iomconnector_orderexport.places import parts_of
from ac_iomconnector_orderexport.rules import broken_rules
from ac_iomconnector_orderexport.settings import MappingSettings
from ac_iomconnector_orderexport.testing.iom_bounds import iom_bounds
from ac_iomconnector_orderexport.testing.mapping import document_of, map_order
from ac_iomconnector_orderexport.testing.reading import read_order
from ac_iomconnector_rest_common.json_numbers import decode, encode, timestamp
from ac_iomconnector_rest_common.order_api_version import OrderApiVersion
from iomconnector.model.addresses import Address, Contact
from iomconnector.model.exports import PlacedOrder
from iomconnector.model.line_items import LineItem
from iomconnector.model.orders import Order
from iomconnector.ports.order_export_service import OrderNotExportableError
from iomconnector.testing.hypothesis_profiles import examples
from iomconnector.testing.strategies import Oddity, orders, placed_orders


@st.composite
def orders_of_versions(draw: DrawFn) -> tuple[OrderApiVersion, Order]:
    version = draw(st.sampled_from(OrderApiVersion))
    return version, draw(orders(exportable=True, bounds=iom_bounds(version)))


@given(orders_of_versions())
def test_any_exportable_order_keeps_every_limit_and_rule_of_its_version(
    case: tuple[OrderApiVersion, Order],
) -> None:
    version, order = case
    mapped = map_order(order, version=version)
    parts = list(parts_of(document_of(mapped)))
    assert list(breached_limits(parts, version)) == []
    assert list(broken_rules(parts, order, MappingSettings())) == []
    assert mapped.notes == ()


@given(orders_of_versions())
def test_nothing_of_an_order_is_lost(case: tuple[OrderApiVersion, Order]) -> None:
    version, order = case
    document = document_of(map_order(order, version=version))
    assert read_order(document, order.channel, MappingSettings()) == as_iom_knows(order)


@given(orders_of_versions())
def test_the_document_is_what_pydantic_would_write_without_what_is_empty(
    case: tuple[OrderApiVersion, Order],
) -> None:
    version, order = case
    document = map_order(order, version=version).document
    dumped = document_of(map_order(order, version=version)).model_dump(by_alias=True)
    assert document == _without_empty(dumped)


@given(orders_of_versions())
def test_the_document_survives_the_wire_exactly(case: tuple[OrderApiVersion, Order]) -> None:
    version, order = case
    document = map_order(order, version=version).document
    assert decode(encode(document)) == document


@given(placed_orders(), st.sampled_from(OrderApiVersion))
def test_an_odd_order_is_mapped_or_refused_with_its_number(
    placed: PlacedOrder, version: OrderApiVersion
) -> None:
    outcome = attempt(placed, version)
    if isinstance(outcome, OrderNotExportableError):
        assert outcome.ids["order"] == placed.order.number
        assert outcome.message.startswith(f"Order {placed.order.number}: ")
    else:
        assert outcome.shop_order_number == placed.order.number


REFUSED_EVERYWHERE = [
    Oddity.WARRANTY,
    Oddity.LIMITED_TENDER,
    Oddity.SECOND_PAYMENT,
    Oddity.PARTIAL_PAYMENT,
    Oddity.FRACTIONAL_QUANTITY,
    Oddity.HUGE_NUMBERS,
    Oddity.LEADING_ZEROS,
    Oddity.INVOICE_TO_PACKING_STATION,
    Oddity.DISCOUNTED_ABOVE_AMOUNT,
    Oddity.REPEATED_TAX_CLASSES,
    Oddity.FINE_RATES,
]
"""Oddities that every order with them shows, whatever else is drawn."""


@pytest.mark.parametrize("oddity", REFUSED_EVERYWHERE)
@examples(15)
@given(data=st.data())
def test_what_iom_cannot_take_is_refused(oddity: Oddity, data: st.DataObject) -> None:
    order = data.draw(orders(oddities=[oddity]))
    with pytest.raises(OrderNotExportableError):
        map_order(order)


def attempt(placed: PlacedOrder, version: OrderApiVersion) -> OrderDocument | OrderNotExportableError:
    try:
        return document_of(map_order(placed, version=version))
    except OrderNotExportableError as error:
        return error


def as_iom_knows(order: Order) -> Order:
    """The order with what the document is known to lose: see the README, "What is not carried over"."""
    found: dict[str, Any] = {
        "created_at": _to_milliseconds(order.created_at),
        "invoice_address": _address(order.invoice_address),
        "shipping_buckets": tuple(
            bucket.model_copy(
                update={
                    "address": _address(bucket.address),
                    "line_items": tuple(map(_line_item, bucket.line_items)),
                }
            )
            for bucket in order.shipping_buckets
        ),
    }
    return order.model_copy(update=found)


def _to_milliseconds(moment: Any) -> Any:
    return moment - timedelta(microseconds=moment.microsecond % 1000)


def _address(address: Address) -> Address:
    found: dict[str, Any] = {"country_code": to_alpha3(address.country_code)}
    if address.contact == Contact():
        found["contact"] = None
    return address.model_copy(update=found)


def _line_item(item: LineItem) -> LineItem:
    if item.delivery.desired_at is None:
        return item
    desired = _to_milliseconds(item.delivery.desired_at)
    return item.model_copy(update={"delivery": item.delivery.model_copy(update={"desired_at": desired})})


def _without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        members = {name: _without_empty(member) for name, member in value.items()}
        return {name: member for name, member in members.items() if member not in (None, {}, [])}
    if isinstance(value, list):
        return [_without_empty(element) for element in value]
    return timestamp(value) if isinstance(value, datetime) else value
