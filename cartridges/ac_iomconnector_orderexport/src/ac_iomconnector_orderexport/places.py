"""Where something stands in a document, and what the shop calls that place."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from inspect import isclass
from types import MappingProxyType
from typing import Final, get_args

from pydantic.alias_generators import to_camel

from ac_iomconnector_orderexport.document import (
    AddressDocument,
    BucketDocument,
    ChargeDocument,
    CompanyDocument,
    ContactDocument,
    CustomerDocument,
    DeliveryDateDocument,
    Document,
    ListPriceDocument,
    LocationDocument,
    OrderDocument,
    PaymentDocument,
    PersonDocument,
    PositionDocument,
    PriceDocument,
    ProductDocument,
    PromotionDocument,
    ReceiverDocument,
    SalesDocument,
    ShippingDocument,
    SumPriceDocument,
    TaxDocument,
    TotalPriceDocument,
    UnitPriceDocument,
)

SAME_LEVEL: Final = ""
"""The shop keeps the fields of that object one level higher."""

_PRICE: Final = {"amount": "amount", "amount_discounted": "discounted"}
_NET_GROSS: Final = {"net": "net", "gross": "gross"}
_SUM: Final = {**_NET_GROSS, "taxes": "taxes", "promotions": "promotions"}

SHOP_NAMES: Final[Mapping[type[Document], Mapping[str, str]]] = MappingProxyType(
    {
        OrderDocument: {
            "shop_order_number": "number",
            "shop_order_creation_date": "created_at",
            "reservation_id": "reservation_id",
            "cost_center": "cost_center",
            "project": "project",
            "customer_data": "customer",
            "invoice_address": "invoice_address",
            "sales": SAME_LEVEL,
            "payment": "payments[0]",
            "optimization_rule": "optimization_rule",
            "split_shipment_allowed": "split_shipment_allowed",
            "additional_attributes": "attributes",
            "shipping_buckets": "shipping_buckets",
        },
        SalesDocument: {
            "currency_code": "currency",
            "sub_total": "subtotal",
            "total": "total",
            "charges": "charges",
        },
        CustomerDocument: {
            "customer_data_type": "type",
            "order_number": "/customer_order_number",
            "shop_customer_number": "number",
            "company_data": "company",
        },
        CompanyDocument: {
            "company_name": "name",
            "department": "department",
            "line_of_business": "line_of_business",
            "cost_center_number": "cost_center_number",
            "commercial_register_number": "commercial_register_number",
            "commercial_register_location": "commercial_register_location",
            "company_type": "company_type",
            "vat_number": "vat_number",
        },
        AddressDocument: {"location": SAME_LEVEL, "contact": "contact", "receiver": SAME_LEVEL},
        LocationDocument: {
            "type": "type",
            "street": "street",
            "street_number": "street_number",
            "post_box": "post_box",
            "user_id": "customer_id",
            "station_number": "station_number",
            "city": "city",
            "post_code": "postal_code",
            "district": "main_division",
            "country_code": "country_code",
            "additions": "additional_lines",
        },
        ContactDocument: {
            "email": "email",
            "phone": "phone_home",
            "mobile": "phone_mobile",
            "fax": "fax",
        },
        ReceiverDocument: {
            "address_receiver_type": "type",
            "person": "person",
            "company_name": "company_name",
        },
        PersonDocument: {
            "salutation": "salutation",
            "title": "title",
            "first_name": "first_name",
            "last_name": "last_name",
        },
        PaymentDocument: {
            "payment_method": "service_id",
            "payment_provider_order_no": "attributes",
            "payment_provider_ref_no": "attributes",
            "payment_provider_merchant_account": "attributes",
        },
        BucketDocument: {
            "number": "number",
            "shipping_address": "address",
            "shipping_method": "shipping_method",
            "charges": "charges",
            "additional_attributes": "attributes",
            "positions": "line_items",
        },
        PositionDocument: {
            "number": "position",
            "product_unit": "quantity.unit",
            "product": "product",
            "cost_center": "cost_center",
            "project": "project",
            "additional_attributes": "attributes",
            "quantity": "quantity.value",
            "sum": "price",
            "unit_price": "unit_price",
            "shipping": "delivery",
        },
        ProductDocument: {"name": "name", "number": "sku", "isbn": "isbn", "ean": "ean"},
        ShippingDocument: {
            "freight_class": "freight_class",
            "delivery_options": "options",
            "delivery_date": SAME_LEVEL,
            "expected_delivery_days": "expected_days",
            "selected_supplier": "preferred_supplier",
        },
        DeliveryDateDocument: {
            "delivery_date_type": "kind",
            "name": "name",
            "desired_delivery_date": "desired_at",
        },
        ChargeDocument: {"number": "number", "type": "type", **_SUM},
        SumPriceDocument: _SUM,
        TotalPriceDocument: {**_NET_GROSS, "taxes": "taxes"},
        UnitPriceDocument: _NET_GROSS,
        PriceDocument: _PRICE,
        ListPriceDocument: {**_PRICE, "list_price": "list_price"},
        TaxDocument: {"type": "tax_class", "amount": "amount", "rate": "rate", "location": "location"},
        PromotionDocument: {
            "promotion_value_type": "value_type",
            "promotion_value": "value",
            "id": "id",
            "name": "name",
            "descriptor_id": "descriptor_id",
            "code": "code",
            "budget_source_id": "budget_source",
            "net_value": "net",
            "gross_value": "gross",
        },
    }
)
"""What the shop calls the fields of the document; a leading ``/`` begins at the order."""


@cache
def _names(owner: type[Document], name: str) -> tuple[str, str]:
    return SHOP_NAMES[owner][name], to_camel(name)


@dataclass(frozen=True, slots=True)
class Place:
    """One place, in both languages.

    Arguments:
        shop: In the order, for example ``shipping_buckets[0].address.city``.
        document: In the document, for example ``shippingBuckets[0].shippingAddress.location.city``.
    """

    shop: str = ""
    document: str = ""

    def of(self, owner: type[Document], name: str) -> "Place":
        """The place of a field.

        Arguments:
            owner: The class of the document that has the field; this place is where it stands.
            name: The field's name in Python.
        """
        shop, alias = _names(owner, name)
        document = f"{self.document}.{alias}" if self.document else alias
        if shop.startswith("/"):
            return Place(shop[1:], document)
        return Place(f"{self.shop}.{shop}" if self.shop and shop else self.shop or shop, document)

    def element(self, index: int) -> "Place":
        """The place of an element of the list that stands here."""
        return Place(f"{self.shop}[{index}]", f"{self.document}[{index}]")


@dataclass(slots=True)
class Way:
    """The way to a part of a document; it is put into words only where something is wrong there.

    Arguments:
        above: The way to the part that holds this one; none for the whole document.
        owner: The class of the part that holds this one.
        name: The field that holds it.
        index: Its index, where that field is a list.
    """

    above: "Way | None" = None
    owner: type[Document] = Document
    name: str = ""
    index: int | None = None

    def place(self) -> Place:
        """The place to which the way leads."""
        if self.above is None:
            return Place()
        here = self.above.of(self.owner, self.name)
        return here if self.index is None else here.element(self.index)

    def of(self, owner: type[Document], name: str) -> Place:
        """The place of a field of the part to which the way leads. See :meth:`Place.of`."""
        return self.place().of(owner, name)


def parts_of(document: Document) -> list[tuple[Way, Document]]:
    """The document and all documents within it, each with the way to it."""
    parts: list[tuple[Way, Document]] = []
    _collect(document, Way(), parts)
    return parts


def _collect(document: Document, way: Way, parts: list[tuple[Way, Document]]) -> None:
    parts.append((way, document))
    owner = type(document)
    for name in _fields_with_parts(owner):
        value = getattr(document, name)
        if isinstance(value, list):
            for index, element in enumerate(value):
                _collect(element, Way(way, owner, name, index), parts)
        elif value is not None:
            _collect(value, Way(way, owner, name), parts)


@cache
def _fields_with_parts(owner: type[Document]) -> tuple[str, ...]:
    return tuple(name for name, field in owner.model_fields.items() if _is_part(field.annotation))


def _is_part(annotation: object) -> bool:
    if isclass(annotation):
        return issubclass(annotation, Document)
    return any(map(_is_part, get_args(annotation)))
