"""What is wrong with a request, and the ErrorReport that says so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

VALIDATION_EXCEPTION = "VALIDATION_EXCEPTION"
"""The only error code that the official documents show. [iom-api 0]"""

MALFORMED_JSON = "MALFORMED_JSON"
INVALID_PARAMETER = "INVALID_PARAMETER"
DUPLICATE_SHOP_ORDER_NUMBER = "DUPLICATE_SHOP_ORDER_NUMBER"
DUPLICATE_CHANGE_REQUEST_ID = "DUPLICATE_CHANGE_REQUEST_ID"
ORDER_NOT_FOUND = "ORDER_NOT_FOUND"

_MOST_REPORTED = 100
_LONGEST_ECHO = 200


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that is wrong.

    Arguments:
        code: The code of the error, one of the constants of this module.
        message: A sentence with the path of the field in it.
        field: The path of the field, as ``shippingBuckets[0].positions[1].quantity``.
        rule: The name of the broken rule, as ``mandatory`` or ``netNotAboveGross``.
        rejected: What was sent, cut to 200 characters; None where nothing was.
    """

    code: str
    message: str
    field: str = ""
    rule: str = ""
    rejected: str | None = None

    def as_error(self) -> dict[str, Any]:
        """The violation as ``Error`` of an ErrorReport."""
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        value = {
            name: text
            for name, text in (("field", self.field), ("rule", self.rule), ("rejected", self.rejected))
            if text
        }
        if value:
            error["value"] = value
        return error


class Findings:
    """Collects violations; a document with thousands of faults yields the first hundred.

    Arguments:
        prefix: What stands before the path of every field that is added.
    """

    __slots__ = ("_prefix", "violations")

    def __init__(self, prefix: str = "") -> None:
        self._prefix = prefix
        self.violations: list[Violation] = []

    def add(self, field: str, rule: str, message: str, rejected: object = None) -> None:
        """Note that ``field`` breaks ``rule``; ``message`` goes on after "Attribute <field>"."""
        if len(self.violations) < _MOST_REPORTED:
            path = f"{self._prefix}{field}"
            subject = f"Attribute {path}" if path else "The document"
            self.violations.append(
                Violation(VALIDATION_EXCEPTION, f"{subject} {message}", path, rule, _echo(rejected))
            )

    def __len__(self) -> int:
        return len(self.violations)


def error_report(violations: Iterable[Violation]) -> dict[str, Any]:
    """The body of a 400 answer. [iom-api 0]"""
    return {"status": 400, "errors": [violation.as_error() for violation in violations]}


def _echo(rejected: object) -> str | None:
    if rejected is None:
        return None
    text = str(rejected)[: _LONGEST_ECHO + 1]
    text = text.encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= _LONGEST_ECHO else f"{text[:_LONGEST_ECHO]}..."
