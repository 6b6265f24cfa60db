"""From the bytes of a request to an order that may be stored, or to the list of what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from dev_iomconnector_iom.contract.fields import INVALID
from dev_iomconnector_iom.contract.normal_form import settle
from dev_iomconnector_iom.contract.order import change_request_table, order_table
from dev_iomconnector_iom.contract.order_rules import ShopKnowledge, check_change, check_order
from dev_iomconnector_iom.contract.versions import ApiVersion
from dev_iomconnector_iom.contract.violations import MALFORMED_JSON, Findings, Violation
from dev_iomconnector_iom.exact_json import JsonObject, MalformedJsonError, parse

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class RefusedError(Exception):
    """The request breaks the contract; ``violations`` says how."""

    def __init__(self, *violations: Violation) -> None:
        self.violations = violations
        super().__init__("; ".join(violation.message for violation in violations))


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """A change request that may be stored."""

    change_request_id: str
    order: JsonObject


def read_order(body: bytes, shop: ShopKnowledge, country: str, version: ApiVersion) -> JsonObject:
    """The order in the form in which it is kept.

    The check has two stages, and each reports all that it finds: first every field by itself and the fields
    of one object against each other, then the order as a whole and what the shop knows.

    Raises:
        RefusedError: The order breaks the contract.
    """
    findings = Findings()
    order = order_table(version).check(_parse(body), "", findings)
    if order is not INVALID:
        check_order(order, shop, version, findings)
    if findings.violations:
        raise RefusedError(*findings.violations)
    return settle(order, country, version)


def read_change_request(
    body: bytes, original_number: str, shop: ShopKnowledge, country: str, version: ApiVersion
) -> ChangeRequest:
    """The change request with its order in the form in which it is kept.

    Raises:
        RefusedError: The change request breaks the contract.
    """
    findings = Findings()
    document = change_request_table(version).check(_parse(body), "", findings)
    if document is INVALID:
        raise RefusedError(*findings.violations)
    order = document["changeRequest"]
    findings = Findings("changeRequest.")
    check_change(order, original_number, findings)
    check_order(order, shop, version, findings)
    if findings.violations:
        raise RefusedError(*findings.violations)
    return ChangeRequest(document["changeRequestId"], settle(order, country, version, is_change=True))


def milliseconds(instant: str) -> int:
    """An instant of ISO 8601 with an offset as milliseconds since 1970, UTC."""
    return (datetime.fromisoformat(instant.upper()) - _EPOCH) // timedelta(milliseconds=1)


def _parse(body: bytes) -> object:
    try:
        return parse(body)
    except MalformedJsonError as error:
        raise RefusedError(Violation(MALFORMED_JSON, str(error))) from error
