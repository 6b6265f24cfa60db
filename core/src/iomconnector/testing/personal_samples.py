"""Orders that are full of personal data, each text of which can be found again."""

from collections.abc import Callable
from typing import Any

from iomconnector.model.orders import Order
from iomconnector.testing.samples import CHANNEL, sample_order

APPROVER = "approver"


def personal_order(number: str, word: str, *, channel: str = CHANNEL, **fields: Any) -> Order:
    """An order whose every personal text has a word in it.

    Arguments:
        number: The order's number.
        word: The word; its letters and digits are enough to be a part of an e-mail address.
        channel: The channel in which it was placed.
        fields: Fields of the order to replace.
    """

    def text(what: str) -> str:
        return f"{what} {word}"

    address = _address(text, word)
    sample = sample_order(number).model_dump(mode="json", exclude_defaults=True)
    [item] = sample["shipping_buckets"][0]["line_items"]
    content: dict[str, Any] = {
        "customer": {
            "type": "business",
            "number": word,
            "company": {
                "name": text("company"),
                "department": text("department"),
                "vat_number": f"DE{word[:20]}",
            },
        },
        "customer_order_number": text("my order"),
        "invoice_address": address,
        "shipping_buckets": [
            {
                "address": {**address, "company_name": text("receiver")},
                "line_items": [{**item, "attributes": {"gift": {"message": text("love to")}}}],
                "attributes": {"door": {"code": text("code of")}},
            }
        ],
        "payments": [{"service_id": "ISH_INVOICE", "attributes": {"holder": text("holder")}}],
        "message_to_merchant": text("please ring at"),
        "attributes": {"shop": {"birthday": text("birthday of")}},
    }
    return sample_order(number, channel=channel, **{**content, **fields})


def _address(text: Callable[[str], str], word: str) -> dict[str, Any]:
    return {
        "type": "street",
        "person": {
            "salutation": text("Ms"),
            "title": text("Dr"),
            "first_name": text("first"),
            "last_name": text("last"),
        },
        "contact": {
            "email": f"{word}@example.com",
            "phone_home": text("home"),
            "phone_mobile": text("mobile"),
            "fax": text("fax"),
        },
        "street": text("street"),
        "street_number": text("house"),
        "city": text("city"),
        "postal_code": text("code"),
        "main_division": text("county"),
        "additional_lines": [text("floor")],
        "country_code": "DE",
    }
