"""One order with every field filled, for examples and for tests that change one thing in it."""

from typing import Any, Final

from iomconnector.model.orders import Order

_TAX: Final = {
    "tax_class": "FullTax",
    "amount": {"amount": "1.90", "currency": "EUR"},
    "rate": "19",
    "location": "DEU",
}


def _money(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


def _price(amount: str, discounted: str) -> dict[str, Any]:
    return {"amount": _money(amount), "discounted": _money(discounted)}


def _promotion(number: int) -> dict[str, Any]:
    return {
        "id": f"Promo-{number}",
        "name": "Silvester",
        "descriptor_id": "SILVESTER",
        "code": "SILVESTER2026",
        "budget_source": "Marketing",
        "value_type": "percentage",
        "value": "10",
        "net": _money("1.11"),
        "gross": _money("1.32"),
    }


def _sum(number: int) -> dict[str, Any]:
    return {
        "net": _price("11.11", "10.00"),
        "gross": _price("13.22", "11.90"),
        "taxes": [_TAX],
        "promotions": [_promotion(number)],
    }


def _charge(number: int, kind: str) -> dict[str, Any]:
    return {"number": number, "type": kind, **_sum(number)}


def _receiver() -> dict[str, Any]:
    return {
        "company_name": "Intershop Communications AG",
        "person": {
            "salutation": "Ms.",
            "title": "Dr.",
            "first_name": "Patricia",
            "last_name": "Miller",
        },
        "contact": {
            "email": "patricia@example.com",
            "phone_home": "+49 3641 50-1",
            "phone_mobile": "+49 165 5673123",
            "fax": "+49 3641 50-2",
        },
        "city": "Jena",
        "postal_code": "07740",
        "main_division": "Thüringen",
        "country_code": "DE",
        "additional_lines": ["Floor 27", "Reception"],
    }


def _street() -> dict[str, Any]:
    return {"type": "street", "street": "Intershop Tower", "street_number": "1A", **_receiver()}


def _packing_station() -> dict[str, Any]:
    return {"type": "packing_station", "customer_id": "4711", "station_number": "145", **_receiver()}


def _line_item(position: int, delivery: dict[str, Any]) -> dict[str, Any]:
    return {
        "position": position,
        "product": {
            "sku": f"SKU-{position}",
            "name": "Logitech ClearChat Comfort",
            "ean": "4713147997367",
            "isbn": "978-1732102200",
        },
        "quantity": {"value": "2", "unit": "piece"},
        "unit_price": {
            "net": {**_price("5.56", "5.00"), "list_price": _money("6.00")},
            "gross": {**_price("6.61", "5.95"), "list_price": _money("7.14")},
        },
        "price": _sum(position),
        "delivery": {
            "expected_days": 3,
            "freight_class": "bulky",
            "options": ["DELIVERY_ON_ISLAND"],
            "preferred_supplier": "Warehouse Hamburg",
            **delivery,
        },
        "cost_center": "2510-19",
        "project": "PR-911",
        "attributes": {"engraving": {"text": "Für Oma"}},
    }


def _bucket(number: str, address: dict[str, Any], charge: int, items: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "number": number,
        "address": address,
        "shipping_method": "STD_GROUND",
        "line_items": items,
        "charges": [_charge(charge, "shipping")],
        "attributes": {"carrier": {"note": "ring twice"}},
    }


def full_order(**changes: Any) -> Order:
    """A business order in which every field has a value that its place in IOM's document can take.

    Nothing has to be approved, and there is no message to the merchant.

    Arguments:
        changes: Fields of the order that shall be different.
    """
    fields: dict[str, Any] = {
        "number": "00000042",
        "channel": "inSPIRED-inTRONICS_Business",
        "created_at": "2026-03-01T10:00:00.123+01:00",
        "currency": "EUR",
        "customer": {
            "type": "business",
            "number": "OilCorp",
            "company": {
                "name": "Oil Corp",
                "department": "Purchasing",
                "line_of_business": "Energy",
                "cost_center_number": "100400",
                "commercial_register_number": "HRB 209419",
                "commercial_register_location": "Jena",
                "company_type": "AG",
                "vat_number": "DE 812464534",
            },
        },
        "customer_order_number": "BST-8911.2",
        "invoice_address": _street(),
        "shipping_buckets": [
            _bucket(
                "1",
                _street(),
                1,
                [
                    _line_item(1, {"kind": "express", "name": "SHIPPING_EXPRESS"}),
                    _line_item(2, {"kind": "fixed", "desired_at": "2026-03-05T00:00:00+01:00"}),
                ],
            ),
            _bucket("2", _packing_station(), 2, [_line_item(3, {"kind": "standard"})]),
        ],
        "charges": [_charge(3, "payment")],
        "subtotal": _sum(10),
        "total": {
            "net": _price("11.11", "10.00"),
            "gross": _price("13.22", "11.90"),
            "taxes": [_TAX],
        },
        "payments": [{"service_id": "ISH_INVOICE", "attributes": {"transactionId": "tx-1"}}],
        "reservation_id": "907041",
        "cost_center": "2510-20",
        "project": "PR-912",
        "split_shipment_allowed": True,
        "optimization_rule": "FEWEST_PARCELS",
        "attributes": {"marketing": {"campaign": "spring"}},
    }
    return Order.model_validate(fields | changes)
