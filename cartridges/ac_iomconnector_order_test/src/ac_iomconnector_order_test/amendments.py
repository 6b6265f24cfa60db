"""The documented differences of the versions without an official document. [iom-api 1.1]

Version 2.1 is judged by the document of 2.0, version 2.3 by the document of 2.2, each amended as its
changelog says.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

Document = dict[str, Any]


class Amendment(NamedTuple):
    """How a version without a document differs from the nearest lower one that has a document."""

    document_version: str
    differences: tuple[str, ...]
    apply: Callable[[Document], None]


def _amend_2_1(document: Document) -> None:
    schemas = document["components"]["schemas"]
    tax = schemas["Tax"]["properties"]
    tax["type"].update(minLength=0, maxLength=512)
    tax["rate"] = {"type": "number"}
    tax["location"] = {"type": "string", "minLength": 0, "maxLength": 512}
    promotion = schemas["Promotion"]["properties"]
    promotion["id"].update(minLength=0, maxLength=512)
    for name in ("name", "descriptorId", "code", "budgetSourceId"):
        promotion[name]["maxLength"] = 1024
    schemas["AddressReceiver"]["properties"]["companyName"].update(minLength=0, maxLength=100)


def _amend_2_3(document: Document) -> None:
    operation = document["paths"]["/shops/{shopId}/order-states"]["get"]
    operation["parameters"].append(
        {"name": "emails", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}}
    )


AMENDMENTS: Final[Mapping[str, Amendment]] = {
    "2.1": Amendment(
        "2.0",
        (
            "Tax gains rate and location (at most 512 characters); Tax.type has at most 512 characters",
            "Promotion.id has at most 512 characters, name, descriptorId, code, budgetSourceId at most 1024",
            "AddressReceiver.companyName has at most 100 characters",
        ),
        _amend_2_1,
    ),
    "2.3": Amendment("2.2", ("order-states can be filtered by emails",), _amend_2_3),
}
