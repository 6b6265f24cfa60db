"""What the referee found: where, which value, which rule."""

import re
import reprlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final

PathStep = str | int

_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 80
_SHORT.maxdict = _SHORT.maxlist = 3
_SHORT.maxlevel = 2

_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Absent(Enum):
    """The value of a member that the document does not have."""

    ABSENT = "absent"

    def __repr__(self) -> str:
        return "(absent)"


ABSENT: Final = Absent.ABSENT


class Side(StrEnum):
    """Whose words break the rule."""

    DOCUMENT = "document"
    """An order document judged outside an HTTP exchange."""
    REQUEST = "request"
    RESPONSE = "response"


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule.

    Arguments:
        location: A JSON path (``$.sales.total.net.amount``) for bodies; ``path``, ``path.shopId``,
            ``query.limit``, ``header.Location``, ``method``, ``status`` or ``body`` for the rest.
        value: What stands there; :data:`ABSENT` where something is missing.
        rule: The identifier of the rule: a :class:`~ac_iomconnector_order_test.rules.Rule`, or ``openapi:``
            followed by the keyword of the official document (``openapi:required``).
        message: The rule as a sentence.
        side: Whose words they are.
    """

    location: str
    value: object
    rule: str
    message: str
    side: Side = Side.DOCUMENT

    def __str__(self) -> str:
        return f"{self.side} {self.location} = {_SHORT.repr(self.value)}: {self.message} [{self.rule}]"


def json_path(steps: Iterable[PathStep]) -> str:
    """Write steps as a JSON path: ``$.shippingBuckets[0].positions[1].quantity``."""
    text = "$"
    for step in steps:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _PLAIN_NAME.fullmatch(step):
            text += f".{step}"
        else:
            text += f"[{step!r}]"
    return text
