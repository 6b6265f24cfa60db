"""Reads a document back as an order, to prove that nothing of the order was lost on the way."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from ac_iomconnector_orderexport.document import (
    AddressDocument,
    BucketDocument,
    ChargeDocument,
    CompanyDocument,
    ContactDocument,
    CustomerDocument,
    DeliveryDateDocument,
    ListPriceDocument,
    LocationDocument,
    OrderDocument,
    PositionDocument,
    PriceDocument,
    PromotionDocument,
    ShippingDocument,
    SumPriceDocument,
    TaxDocument,
    TotalPriceDocument,
    UnitPriceDocument,
)
from ac_iomconnector_orderexport.settings import MappingSettings
from iomconnector.model.orders import Order
from iomconnector.model.values import ChannelId

Fields = dict[str, Any]

_ADDRESS_TYPES: Final = {
    "AddressLocationStreet": "street",
    "AddressLocationPOBox": "post_box",
    "AddressLocationPackstation": "packing_station",
}


def read_order(document: OrderDocument, channel: ChannelId, settings: MappingSettings) -> Order:
    """The order that a document tells of.

    What the document does not tell is not in it: channel, tender and amount of the payment, approvals, the
    message to the merchant. Countries are alpha-3, times are exact to the millisecond. The group of payment
    attributes is read as attributes of the payment.

    Arguments:
        document: The document, as sent or as IOM returned it.
        channel: The channel of the order.
        settings: How the order was mapped.
    """
    return Order.model_validate(_Reader(document, settings).order() | {"channel": channel})


class _Reader:
    def __init__(self, document: OrderDocument, settings: MappingSettings) -> None:
        self._document = document
        self._currency = document.sales.currency_code
        self._charge_types = _inverse(settings.charge_types)
        self._payment_methods = _inverse(settings.payment_methods)
        self._shipping_methods = _inverse(settings.shipping_methods)
        self._payment_group = settings.payment_attributes_group

    def order(self) -> Fields:
        document, sales = self._document, self._document.sales
        groups = {name: dict(members) for name, members in document.additional_attributes.items()}
        paid = {
            "service_id": _named(document.payment.payment_method, self._payment_methods),
            "attributes": groups.pop(self._payment_group, {}),
        }
        reservation = document.reservation_id
        return {
            "number": document.shop_order_number,
            "created_at": document.shop_order_creation_date,
            "currency": self._currency,
            "customer": _customer(document.customer_data),
            "customer_order_number": document.customer_data.order_number,
            "invoice_address": _address(document.invoice_address),
            "shipping_buckets": [self._bucket(bucket) for bucket in document.shipping_buckets],
            "charges": self._charges(sales.charges),
            "subtotal": self._sum(sales.sub_total),
            "total": self._total(sales.total),
            "payments": [paid],
            "reservation_id": None if reservation is None else str(reservation),
            "cost_center": document.cost_center,
            "project": document.project,
            "split_shipment_allowed": document.split_shipment_allowed,
            "optimization_rule": document.optimization_rule,
            "attributes": groups,
        }

    def _bucket(self, bucket: BucketDocument) -> Fields:
        method = bucket.shipping_method
        return {
            "number": bucket.number,
            "address": _address(bucket.shipping_address),
            "shipping_method": None if method is None else _named(method, self._shipping_methods),
            "line_items": [self._line_item(position) for position in bucket.positions],
            "charges": self._charges(bucket.charges),
            "attributes": bucket.additional_attributes,
        }

    def _line_item(self, position: PositionDocument) -> Fields:
        product = position.product
        return {
            "position": position.number,
            "product": {
                "sku": product.number,
                "name": product.name,
                "ean": None if product.ean is None else str(product.ean),
                "isbn": product.isbn,
            },
            "quantity": {"value": Decimal(position.quantity), "unit": position.product_unit},
            "unit_price": self._unit_price(position.unit_price),
            "price": self._sum(position.sum),
            "delivery": _delivery(position.shipping),
            "cost_center": position.cost_center,
            "project": position.project,
            "attributes": position.additional_attributes,
        }

    def _charges(self, charges: Sequence[ChargeDocument]) -> list[Fields]:
        return [
            {
                "number": charge.number,
                "type": _named(charge.type, self._charge_types),
                "net": self._price(charge.net),
                "gross": self._price(charge.gross),
                "taxes": self._taxes(charge.taxes),
                "promotions": self._promotions(charge.promotions),
            }
            for charge in charges
        ]

    def _sum(self, price: SumPriceDocument) -> Fields:
        return {**self._total(price), "promotions": self._promotions(price.promotions)}

    def _total(self, price: TotalPriceDocument) -> Fields:
        return {
            "net": self._price(price.net),
            "gross": self._price(price.gross),
            "taxes": self._taxes(price.taxes),
        }

    def _unit_price(self, price: UnitPriceDocument | None) -> Fields | None:
        if price is None:
            return None
        return {"net": self._price(price.net), "gross": self._price(price.gross)}

    def _price(self, price: PriceDocument | None) -> Fields | None:
        if price is None:
            return None
        fields = {"amount": self._money(price.amount), "discounted": self._money(price.amount_discounted)}
        if isinstance(price, ListPriceDocument):
            fields["list_price"] = self._money(price.list_price)
        return fields

    def _taxes(self, taxes: Sequence[TaxDocument]) -> list[Fields]:
        return [
            {
                "tax_class": tax.type,
                "amount": self._money(tax.amount),
                "rate": tax.rate,
                "location": tax.location,
            }
            for tax in taxes
        ]

    def _promotions(self, promotions: Sequence[PromotionDocument]) -> list[Fields]:
        return [
            {
                "id": promotion.id,
                "name": promotion.name,
                "descriptor_id": promotion.descriptor_id,
                "code": promotion.code,
                "budget_source": promotion.budget_source_id,
                "value_type": promotion.promotion_value_type.lower(),
                "value": promotion.promotion_value,
                "net": self._money(promotion.net_value),
                "gross": self._money(promotion.gross_value),
            }
            for promotion in promotions
        ]

    def _money(self, amount: Decimal | None) -> Fields | None:
        return None if amount is None else {"amount": amount, "currency": self._currency}


def _inverse(names: Mapping[str, str]) -> Mapping[str, str]:
    return {theirs: ours for ours, theirs in names.items()}


def _named(theirs: str, names: Mapping[str, str]) -> str:
    return names.get(theirs, theirs)


def _customer(customer: CustomerDocument) -> Fields:
    number = customer.shop_customer_number
    if customer.company_data is None:
        return {"type": "private", "number": number}
    return {"type": "business", "number": number, "company": _company(customer.company_data)}


def _company(company: CompanyDocument) -> Fields:
    fields = company.model_dump()
    return {"name": fields.pop("company_name"), **fields}


def _address(address: AddressDocument) -> Fields:
    receiver = address.receiver
    return {
        **_location(address.location),
        "company_name": receiver.company_name,
        "person": receiver.person and receiver.person.model_dump(),
        "contact": address.contact and _contact(address.contact),
    }


def _location(location: LocationDocument) -> Fields:
    fields: Fields = {
        "type": _ADDRESS_TYPES[location.type],
        "city": location.city,
        "postal_code": location.post_code,
        "main_division": location.district,
        "country_code": location.country_code,
        "additional_lines": location.additions,
    }
    match location.type:
        case "AddressLocationStreet":
            fields |= {"street": location.street, "street_number": location.street_number}
        case "AddressLocationPOBox":
            fields |= {"post_box": location.post_box}
        case _:
            fields |= {"customer_id": location.user_id, "station_number": location.station_number}
    return fields


def _contact(contact: ContactDocument) -> Fields:
    return {
        "email": contact.email,
        "phone_home": contact.phone,
        "phone_mobile": contact.mobile,
        "fax": contact.fax,
    }


def _delivery(shipping: ShippingDocument) -> Fields:
    date: DeliveryDateDocument = shipping.delivery_date
    return {
        "kind": date.delivery_date_type.lower(),
        "name": date.name,
        "desired_at": date.desired_delivery_date,
        "expected_days": shipping.expected_delivery_days,
        "freight_class": shipping.freight_class,
        "options": shipping.delivery_options,
        "preferred_supplier": shipping.selected_supplier,
    }
