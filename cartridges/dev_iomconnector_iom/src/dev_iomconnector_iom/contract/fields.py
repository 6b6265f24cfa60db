"""The kinds of fields that the tables of the contract are made of.

Each kind checks a parsed JSON value and answers the value as it is kept, or :data:`INVALID`. JSON ``null`` is
no value of any kind: the contract declares nothing as nullable.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Protocol

from dev_iomconnector_iom.contract.violations import Findings
from dev_iomconnector_iom.exact_json import JsonObject

Rule = Callable[[JsonObject, str, Findings], None]
"""Looks at a record whose own fields are in order; the second argument is the record's path."""

INVALID: Final = object()

_ABSENT: Final = object()
_LARGEST_EXPONENT = 20
_SMALLEST_EXPONENT = -20
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


class Kind(Protocol):
    """Anything that can check a value."""

    def check(self, value: Any, path: str, findings: Findings) -> Any:
        """The value as it is kept, or INVALID after adding to the findings why."""


@dataclass(frozen=True, slots=True)
class Text:
    """A string with a length in characters."""

    shortest: int = 0
    longest: int | None = None

    def check(self, value: Any, path: str, findings: Findings) -> Any:
        if type(value) is not str:
            findings.add(path, "type", "must be a string", value)
            return INVALID
        length = len(value)
        if length < self.shortest or (self.longest is not None and length > self.longest):
            bounds = f"{self.shortest} to {self.longest}" if self.longest else f"at least {self.shortest}"
            findings.add(path, "length", f"must have {bounds} characters, but has {length}", value)
            return INVALID
        if not value.isascii() and not _encodable(value):
            findings.add(path, "format", "holds half a surrogate pair, which is no character", value)
            return INVALID
        return value


@dataclass(frozen=True, slots=True)
class Code:
    """One of a closed set of strings."""

    allowed: frozenset[str]
    called: str

    def check(self, value: Any, path: str, findings: Findings) -> Any:
        if type(value) is not str:
            findings.add(path, "type", "must be a string", value)
            return INVALID
        if value not in self.allowed:
            findings.add(path, "enumeration", f"must be {self.called}", value)
            return INVALID
        return value


def choice(*allowed: str) -> Code:
    """An enumeration that the contract lists value by value."""
    return Code(frozenset(allowed), f"one of {', '.join(allowed)}")


@dataclass(frozen=True, slots=True)
class Email:
    """An e-mail address."""

    length: Text

    def check(self, value: Any, path: str, findings: Findings) -> Any:
        kept = self.length.check(value, path, findings)
        if kept is not INVALID and not _EMAIL.fullmatch(kept):
            findings.add(path, "format", "must be an e-mail address", value)
            return INVALID
        return kept


@dataclass(frozen=True, slots=True)
class Integer:
    """A whole number of 32 or 64 bits."""

    bits: int = 32
    smallest: int | None = None

    def check(self, value: Any, path: str, findings: Findings) -> Any:
        if type(value) is not int:
            findings.add(path, "type", "must be an integer", value)
            return INVALID
        limit = 1 << (self.bits - 1)
        if not -limit <= value < limit:
            findings.add(path, "range", f"must fit in {self.bits} bits", value)
            return INVALID
        if self.smallest is not None and value < self.smallest:
            findings.add(path, "range", f"must be at least {self.smallest}", value)
            return INVALID
        return value


@dataclass(frozen=True, slots=True)
class Number:
    """A decimal number, kept digit by digit; more than 21 places before the point are refused."""

    smallest: int | None = None

    def check(self, value: Any, path: str, findings: Findings) -> Any:
        if type(value) is int:
            value = Decimal(value)
        elif type(value) is not Decimal:
            findings.add(path, "type", "must be a number", value)
            return INVALID
        exponent = value.as_tuple().exponent
        if (
            value.adjusted() > _LARGEST_EXPONENT
            or not isinstance(exponent, int)
            or exponent < _SMALLEST_EXPONENT
        ):
            findings.add(path, "range", "has more digits than an amount can have", value)
            return INVALID
        if self.smallest is not None and value < self.smallest:
            findings.add(path, "range", f"must be at least {self.smallest}", value)
            return INVALID
        return value


@dataclass(frozen=True, slots=True)
class Boolean:
    """True or false."""

    def check(self, value: Any, path: str, findings: Findings) -> Any:
        if type(value) is not bool:
            findings.add(path, "type", "must be true or false", value)
            return INVALID
        return value


@dataclass(frozen=True, slots=True)
class DateTime:
    """An instant, ISO 8601 with an offset."""

    def check(self, value: Any, path: str, findings: Findings) -> Any:
        if type(value) is not str:
            findings.add(path, "type", "must be a string", value)
            return INVALID
        if not _DATE_TIME.fullmatch(value) or not _is_instant(value):
            findings.add(path, "format", "must be a date and time with an offset (ISO 8601)", value)
            return INVALID
        return value


@dataclass(frozen=True, slots=True)
class ListOf:
    """An array of one kind."""

    item: Kind
    fewest: int = 0
    most: int | None = None
    rules: Sequence[Callable[[list[Any], str, Findings], None]] = ()

    def check(self, value: Any, path: str, findings: Findings) -> Any:
        if type(value) is not list:
            findings.add(path, "type", "must be an array", value)
            return INVALID
        if len(value) < self.fewest or (self.most is not None and len(value) > self.most):
            bounds = f"at least {self.fewest}" if self.most is None else f"{self.fewest} to {self.most}"
            findings.add(path, "items", f"must have {bounds} elements, but has {len(value)}", None)
            return INVALID
        before = len(findings)
        check = self.item.check
        kept = [check(item, f"{path}[{index}]", findings) for index, item in enumerate(value)]
        if len(findings) > before:
            return INVALID
        for rule in self.rules:
            rule(kept, path, findings)
        return kept


@dataclass(frozen=True, slots=True)
class MapOf:
    """An object with free keys and values of one kind."""

    item: Kind

    def check(self, value: Any, path: str, findings: Findings) -> Any:
        if type(value) is not dict:
            findings.add(path, "type", "must be an object", value)
            return INVALID
        kept: JsonObject = {}
        for key, item in value.items():
            if not _encodable(key):
                findings.add(path, "format", "has a key with half a surrogate pair", key)
                return INVALID
            kept[key] = self.item.check(item, f"{path}.{key}", findings)
        return kept


class Record:
    """An object with named fields; unknown fields are ignored and not kept. [iom-api 0, unknown fields]

    Arguments:
        fields: The fields in the order in which they are checked.
        rules: Rules over several fields. They run only where all fields of this record are in order.
    """

    __slots__ = ("_fields", "_rules")

    def __init__(self, *fields: tuple[str, Kind, bool], rules: Sequence[Rule] = ()) -> None:
        self._fields = fields
        self._rules = tuple(rules)

    def plus(self, *fields: tuple[str, Kind, bool], rules: Sequence[Rule] = ()) -> Record:
        """A record with these fields and rules on top."""
        return Record(*self._fields, *fields, rules=(*self._rules, *rules))

    def check(self, value: Any, path: str, findings: Findings) -> Any:
        if type(value) is not dict:
            findings.add(path, "type", "must be an object", value)
            return INVALID
        before = len(findings)
        prefix = f"{path}." if path else ""
        kept: JsonObject = {}
        for name, kind, is_mandatory in self._fields:
            item = value.get(name, _ABSENT)
            if item is not _ABSENT:
                kept[name] = kind.check(item, prefix + name, findings)
            elif is_mandatory:
                findings.add(prefix + name, "mandatory", "is mandatory")
        if len(findings) > before:
            return INVALID
        for rule in self._rules:
            rule(kept, path, findings)
        return kept


def required(name: str, kind: Kind) -> tuple[str, Kind, bool]:
    """A field that must be there."""
    return name, kind, True


def optional(name: str, kind: Kind) -> tuple[str, Kind, bool]:
    """A field that may be there."""
    return name, kind, False


def _encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _is_instant(text: str) -> bool:
    try:
        datetime.fromisoformat(text.upper())
    except ValueError:
        return False
    return True
