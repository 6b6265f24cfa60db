"""Smallest valid parts of an order document, and how to put one where a fault needs it. [iom-api 1.1]"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from ac_iomconnector_order_test.wire_values import Json

Place = Callable[[Json], tuple[Json, str]]
"""Makes sure that a part is in the order document and gives the part and its JSON path."""


def street() -> Json:
    """AddressLocationStreet."""
    return {
        "type": "AddressLocationStreet",
        "street": "Steinweg",
        "city": "Jena",
        "postCode": "07743",
        "countryCode": "DEU",
    }


def po_box() -> Json:
    """AddressLocationPOBox."""
    return {**street(), "type": "AddressLocationPOBox", "postBox": "142"}


def packstation() -> Json:
    """AddressLocationPackstation."""
    station = {"type": "AddressLocationPackstation", "userId": "123456", "stationNumber": "101"}
    return {**street(), **station}


def promotion() -> Json:
    """Promotion."""
    return {
        "promotionValueType": "FIXED",
        "promotionValue": Decimal("10.00"),
        "id": "Promo-1",
        "name": "Silvester",
        "descriptorId": "SILVESTER",
        "netValue": Decimal("10.00"),
        "grossValue": Decimal("12.00"),
    }


def charge() -> Json:
    """Charge without a number."""
    return {
        "type": "DELIVERYCHARGE",
        "net": {"amount": Decimal("5.00")},
        "gross": {"amount": Decimal("6.05")},
        "taxes": [{"type": "FullTax", "amount": Decimal("1.05")}],
    }


def position() -> Json:
    """OrderPosition without a number."""
    return {
        "quantity": 1,
        "product": {"name": "LUXA2 M1-Pro", "number": "7030019"},
        "sum": prices(),
        "shipping": {"expectedDeliveryDays": 0, "deliveryDate": {"deliveryDateType": "STANDARD"}},
    }


def prices() -> Json:
    """SumPrice or TotalPrice."""
    return {
        "net": {"amount": Decimal("60.00")},
        "gross": {"amount": Decimal("72.00")},
        "taxes": [{"type": "FullTax", "amount": Decimal("12.00")}],
    }


def address() -> Json:
    """AddressInvoice or AddressShipping."""
    return {
        "location": street(),
        "contact": {"email": "buyer@example.com"},
        "receiver": {"addressReceiverType": "PERSON", "person": {"lastName": "Doe"}},
    }


def order() -> Json:
    """The smallest valid Order document."""
    return {
        "shopOrderNumber": "2026-000001",
        "shopOrderCreationDate": "2026-11-23T14:30:00.000+01:00",
        "customerData": {"customerDataType": "PERSON"},
        "invoiceAddress": address(),
        "sales": {"currencyCode": "EUR", "subTotal": prices(), "total": prices()},
        "payment": {"paymentMethod": "ISH_INVOICE"},
        "shippingBuckets": [{"shippingAddress": address(), "positions": [position()]}],
    }


def _invoice(document: Json) -> tuple[Json, str]:
    document["invoiceAddress"] = address()
    return document["invoiceAddress"], "$.invoiceAddress"


def _invoice_member(name: str) -> Place:
    def place(document: Json) -> tuple[Json, str]:
        holder, path = _invoice(document)
        return holder[name], f"{path}.{name}"

    return place


def _invoice_location(location: Json) -> Place:
    def place(document: Json) -> tuple[Json, str]:
        holder, path = _invoice(document)
        holder["location"] = dict(location)
        return holder["location"], f"{path}.location"

    return place


def _packstation(document: Json) -> tuple[Json, str]:
    bucket = document["shippingBuckets"][0]
    bucket["shippingAddress"] = {**address(), "location": packstation()}
    return bucket["shippingAddress"]["location"], "$.shippingBuckets[0].shippingAddress.location"


def _person(document: Json) -> tuple[Json, str]:
    receiver, path = _invoice_member("receiver")(document)
    return receiver["person"], f"{path}.person"


def _company_receiver(document: Json) -> tuple[Json, str]:
    holder, path = _invoice(document)
    holder["receiver"] = {"addressReceiverType": "COMPANY", "companyName": "Intershop"}
    return holder["receiver"], f"{path}.receiver"


def _company(document: Json) -> tuple[Json, str]:
    document["customerData"] = {"customerDataType": "COMPANY", "companyData": {"companyName": "Intershop"}}
    return document["customerData"]["companyData"], "$.customerData.companyData"


def _position(document: Json) -> tuple[Json, str]:
    positions = document["shippingBuckets"][0]["positions"]
    positions[0] = position()
    return positions[0], "$.shippingBuckets[0].positions[0]"


def _position_member(*names: str) -> Place:
    def place(document: Json) -> tuple[Json, str]:
        holder, path = _position(document)
        for name in names:
            holder, path = holder[name], f"{path}.{name}"
        return holder, path

    return place


def _unit_price(document: Json) -> tuple[Json, str]:
    holder, path = _position(document)
    holder["unitPrice"] = {"net": {"amount": Decimal(20)}, "gross": {"amount": Decimal("24.20")}}
    return holder["unitPrice"], f"{path}.unitPrice"


def _total(document: Json) -> tuple[Json, str]:
    document["sales"]["total"] = prices()
    return document["sales"]["total"], "$.sales.total"


def _tax(document: Json) -> tuple[Json, str]:
    holder, path = _total(document)
    return holder["taxes"][0], f"{path}.taxes[0]"


def _promotion(document: Json) -> tuple[Json, str]:
    holder, path = _position_member("sum")(document)
    holder["promotions"] = [promotion()]
    return holder["promotions"][0], f"{path}.promotions[0]"


def _charge(document: Json) -> tuple[Json, str]:
    document["sales"]["charges"] = [charge()]
    return document["sales"]["charges"][0], "$.sales.charges[0]"


PLACES: Final[Mapping[str, Place]] = {
    "Order": lambda document: (document, "$"),
    "CustomerData": lambda document: (document["customerData"], "$.customerData"),
    "CompanyData": _company,
    "AddressInvoice": _invoice,
    "AddressLocation": _invoice_member("location"),
    "AddressLocationStreet": _invoice_location(street()),
    "AddressLocationPOBox": _invoice_location(po_box()),
    "AddressLocationPackstation": _packstation,
    "Contact": _invoice_member("contact"),
    "AddressReceiver": _company_receiver,
    "Person": _person,
    "Sales": lambda document: (document["sales"], "$.sales"),
    "TotalPrice": _total,
    "Tax": _tax,
    "Charge": _charge,
    "Payment": lambda document: (document["payment"], "$.payment"),
    "ShippingBucket": lambda document: (document["shippingBuckets"][0], "$.shippingBuckets[0]"),
    "OrderPosition": _position,
    "Product": _position_member("product"),
    "SumPrice": _position_member("sum"),
    "UnitPrice": _unit_price,
    "Shipping": _position_member("shipping"),
    "DeliveryDate": _position_member("shipping", "deliveryDate"),
    "Promotion": _promotion,
}
"""Where each part of an order can be found for breaking it; a valid sample replaces what stood there."""
