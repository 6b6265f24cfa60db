"""Every rule that IOM states in words only, broken one by one."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from ac_iomconnector_orderexport.document import (
    CompanyDocument,
    ContactDocument,
    OrderDocument,
    PriceDocument,
    TaxDocument,
)
from ac_iomconnector_orderexport.extension_points import BIND_ORDER
from ac_iomconnector_orderexport.mapping.context import MappingContext
from ac_iomconnector_orderexport.testing.mapping import map_order
from ac_iomconnector_orderexport.testing.samples import full_order
from iomconnector.cartridges.extensions import Extension
from iomconnector.model.orders import Order
from iomconnector.ports.order_export_service import OrderNotExportableError

Change = Callable[[OrderDocument], object]


def _street(document: OrderDocument) -> None:
    document.invoice_address.location.street = None


def _post_box(document: OrderDocument) -> None:
    document.invoice_address.location.type = "AddressLocationPOBox"


def _station(document: OrderDocument) -> None:
    document.shipping_buckets[1].shipping_address.location.station_number = None


def _station_additions(document: OrderDocument) -> None:
    document.shipping_buckets[1].shipping_address.location.additions.append("third")


def _station_invoice(document: OrderDocument) -> None:
    document.invoice_address = document.shipping_buckets[1].shipping_address


def _country(document: OrderDocument) -> None:
    document.invoice_address.location.country_code = "DE"


def _no_email(document: OrderDocument) -> None:
    document.invoice_address.contact = ContactDocument(phone="1")


def _bad_email(document: OrderDocument) -> None:
    document.invoice_address.contact = ContactDocument(email="patricia at home")


def _company_name(document: OrderDocument) -> None:
    document.invoice_address.receiver.company_name = None


def _person(document: OrderDocument) -> None:
    document.invoice_address.receiver.person = None
    document.invoice_address.receiver.address_receiver_type = "PERSON"


def _company_data(document: OrderDocument) -> None:
    document.customer_data.company_data = None


def _company_of_person(document: OrderDocument) -> None:
    document.customer_data.customer_data_type = "PERSON"
    document.customer_data.company_data = CompanyDocument(company_name="X")


def _express(document: OrderDocument) -> None:
    document.shipping_buckets[0].positions[0].shipping.delivery_date.name = None


def _fixed(document: OrderDocument) -> None:
    document.shipping_buckets[0].positions[1].shipping.delivery_date.desired_delivery_date = None


def _standard_with_name(document: OrderDocument) -> None:
    document.shipping_buckets[1].positions[0].shipping.delivery_date.name = "ignored"


def _blank_bucket(document: OrderDocument) -> None:
    document.shipping_buckets[0].number = " "


def _same_buckets(document: OrderDocument) -> None:
    document.shipping_buckets[0].number = document.shipping_buckets[1].number


def _same_positions(document: OrderDocument) -> None:
    document.shipping_buckets[0].positions[0].number = 3


def _same_charges(document: OrderDocument) -> None:
    document.sales.charges[0].number = 1


def _currency(document: OrderDocument) -> None:
    document.sales.currency_code = "Euro"


def _net_above_gross(document: OrderDocument) -> None:
    document.sales.total.net = PriceDocument(amount=Decimal("13.23"))


def _unit_net_above_gross(document: OrderDocument) -> None:
    price = document.shipping_buckets[0].positions[0].unit_price
    assert price is not None
    assert price.net is not None
    price.net.amount = Decimal("6.62")


def _no_price(document: OrderDocument) -> None:
    document.sales.sub_total.net = document.sales.sub_total.gross = None


def _discount(document: OrderDocument) -> None:
    document.sales.charges[0].net.amount_discounted = Decimal("11.12")


def _tax_twice(document: OrderDocument) -> None:
    document.sales.total.taxes.append(TaxDocument(type="FullTax", amount=Decimal(0)))


def _rate(document: OrderDocument) -> None:
    document.sales.total.taxes[0].rate = Decimal("5.123456")


def _promotion_order(document: OrderDocument) -> None:
    document.sales.sub_total.promotions[0].net_value = Decimal("1.33")


def _promotion_decimals(document: OrderDocument) -> None:
    document.sales.sub_total.promotions[0].gross_value = Decimal("1.321")


def _fixed_promotion_decimals(document: OrderDocument) -> None:
    promotion = document.sales.sub_total.promotions[0]
    promotion.promotion_value_type = "FIXED"
    promotion.promotion_value = Decimal("1.321")


def _amount_decimals(document: OrderDocument) -> None:
    document.sales.total.taxes[0].amount = Decimal("1.901")


def _list_price_decimals(document: OrderDocument) -> None:
    price = document.shipping_buckets[0].positions[0].unit_price
    assert price is not None
    assert price.gross is not None
    price.gross.list_price = Decimal("7.141")


def _number(document: OrderDocument) -> None:
    document.shop_order_number = "43"


BROKEN: list[tuple[Change, str]] = [
    (_street, "invoice_address.street is missing, which AddressLocationStreet needs"),
    (_post_box, "invoice_address.post_box is missing, which AddressLocationPOBox needs"),
    (_station, "shipping_buckets[1].address.station_number is missing"),
    (
        _station_additions,
        "shipping_buckets[1].address.additional_lines has 3 elements, at most 2 are allowed",
    ),
    (_station_invoice, "invoice_address is a packing station"),
    (_country, 'invoice_address.country_code "DE" is no ISO 3166-1 alpha-3 code'),
    (_no_email, "invoice_address.contact.email is missing"),
    (_bad_email, 'invoice_address.contact.email "patricia at home" is no e-mail address'),
    (_company_name, "invoice_address.company_name is missing, which a receiver of type COMPANY needs"),
    (_person, "invoice_address.person is missing, which a receiver of type PERSON needs"),
    (_company_data, "customer.company is missing"),
    (_company_of_person, "customer.company is there, but IOM ignores it"),
    (_express, "shipping_buckets[0].line_items[0].delivery.name is missing"),
    (_fixed, "shipping_buckets[0].line_items[1].delivery.desired_at is missing"),
    (_standard_with_name, "shipping_buckets[1].line_items[0].delivery.name is there, but IOM ignores it"),
    (_blank_bucket, 'shipping_buckets[0].number " " is blank'),
    (_same_buckets, 'shipping_buckets[1].number "2" occurs more than once'),
    (_same_positions, "shipping_buckets[1].line_items[0].position 3 occurs more than once"),
    (_same_charges, "shipping_buckets[0].charges[0].number 1 occurs more than once"),
    (_currency, 'currency "Euro" is no currency code'),
    (_net_above_gross, "total.net.amount 13.23 is more than gross 13.22"),
    (
        _unit_net_above_gross,
        "shipping_buckets[0].line_items[0].unit_price.net.amount 6.62 is more than gross",
    ),
    (_no_price, "subtotal has neither a net nor a gross price"),
    (_discount, "charges[0].net.discounted 11.12 is more than amount 11.11"),
    (_tax_twice, 'total.taxes has the tax "FullTax" 2 times'),
    (_rate, "total.taxes[0].rate 5.123456 has 6 decimals, at most 5 are allowed"),
    (_promotion_order, "subtotal.promotions[0].net 1.33 is more than gross 1.32"),
    (_promotion_decimals, "subtotal.promotions[0].gross 1.321 has 3 decimals, at most 2 are allowed"),
    (_fixed_promotion_decimals, "subtotal.promotions[0].value 1.321 has 3 decimals, at most 2 are allowed"),
    (_amount_decimals, "total.taxes[0].amount 1.901 has 3 decimals, at most 2 are allowed"),
    (
        _list_price_decimals,
        "shipping_buckets[0].line_items[0].unit_price.gross.list_price 7.141 has 3 decimals",
    ),
    (_number, "number was changed by an extension; it must stay 00000042"),
]


@pytest.mark.parametrize(("change", "sentence"), BROKEN, ids=[change.__name__ for change, _ in BROKEN])
def test_a_broken_rule_refuses_the_order_and_says_where(change: Change, sentence: str) -> None:
    def bind(order: Order, document: OrderDocument, context: MappingContext) -> None:
        change(document)

    with pytest.raises(OrderNotExportableError) as caught:
        map_order(full_order(), ("breaker", Extension(BIND_ORDER.name, bind)))
    assert f"Order 00000042: {sentence}" in caught.value.message


def test_all_that_is_wrong_is_told_at_once() -> None:
    def bind(order: Order, document: OrderDocument, context: MappingContext) -> None:
        for change, _ in BROKEN[:4]:
            change(document)
        document.cost_center = "x" * 101

    with pytest.raises(OrderNotExportableError) as caught:
        map_order(full_order(message_to_merchant="ring twice"), ("breaker", Extension(BIND_ORDER.name, bind)))
    lines = caught.value.message.splitlines()
    for part in ("post_box is missing", "station_number is missing", "3 elements", "message_to_merchant"):
        assert any(part in line for line in lines), part
    assert any('cost_center "xxxx' in line and "has 101 characters, at most 100" in line for line in lines)


def test_a_percentage_may_have_more_decimals_than_an_amount() -> None:
    def bind(order: Order, document: OrderDocument, context: MappingContext) -> None:
        document.sales.sub_total.promotions[0].promotion_value = Decimal("33.333")

    mapped = map_order(full_order(), ("acme", Extension(BIND_ORDER.name, bind)))
    promotion = mapped.document["sales"]["subTotal"]["promotions"][0]
    assert promotion["promotionValue"] == Decimal("33.333")


def test_trailing_zeros_are_no_decimals() -> None:
    def bind(order: Order, document: OrderDocument, context: MappingContext) -> None:
        document.sales.total.taxes[0].amount = Decimal("1.900000")
        document.sales.total.taxes[0].rate = Decimal("19.0000000")

    mapped = map_order(full_order(), ("acme", Extension(BIND_ORDER.name, bind)))
    assert mapped.document["sales"]["total"]["taxes"][0]["amount"] == Decimal("1.9")
