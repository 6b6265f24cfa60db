"""Query parameters: repeated keys, bracketed names, limits. [iom-api 0, 1.1]"""

from __future__ import annotations

from datetime import date, datetime
from typing import TypeVar

from starlette.datastructures import QueryParams

from dev_iomconnector_iom.contract.fields import INVALID, DateTime
from dev_iomconnector_iom.contract.intake import RefusedError
from dev_iomconnector_iom.contract.violations import INVALID_PARAMETER, Findings, Violation

_Name = TypeVar("_Name", bound=str)


class ParameterReader:
    """Reads parameters one by one and keeps what is wrong with them."""

    def __init__(self, query: QueryParams) -> None:
        self._query = query
        self._violations: list[Violation] = []

    def refuse(self, name: str, rule: str, message: str) -> None:
        """Note that a parameter breaks a rule."""
        self._violations.append(
            Violation(
                INVALID_PARAMETER, f"Parameter {name} {message}", name, rule, self._query.get(name, "")[:200]
            )
        )

    def finish(self) -> None:
        """Raise RefusedError if any parameter was wrong."""
        if self._violations:
            raise RefusedError(*self._violations)

    def has(self, name: str) -> bool:
        """Whether the parameter was sent."""
        return name in self._query

    def texts(self, name: str) -> list[str]:
        """All values of a repeated parameter."""
        return self._query.getlist(name)

    def integer(self, name: str, default: int, *, smallest: int | None, largest: int) -> int:
        """A whole number within limits."""
        text = self._query.get(name)
        if text is None:
            return default
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) < 20):
            self.refuse(name, "type", "must be an integer")
            return default
        value = int(text)
        if value > largest or (smallest is not None and value < smallest):
            bounds = f"from {smallest} to {largest}" if smallest is not None else f"at most {largest}"
            self.refuse(name, "range", f"must be {bounds}")
            return default
        return value

    def day(self, name: str) -> date | None:
        """A date as ``2019-01-31``."""
        text = self._query.get(name)
        if text is None:
            return None
        try:
            if len(text) == 10 and text[4] == text[7] == "-":
                return date.fromisoformat(text)
        except ValueError:
            pass
        self.refuse(name, "format", "must be a date (YYYY-MM-DD)")
        return None

    def moment(self, name: str) -> datetime | None:
        """A date and time with an offset."""
        text = self._query.get(name)
        if text is None:
            return None
        if DateTime().check(text, name, Findings()) is INVALID:
            self.refuse(name, "format", "must be a date and time with an offset (ISO 8601)")
            return None
        return datetime.fromisoformat(text.upper())

    def one_of(self, name: str, choices: tuple[_Name, ...]) -> _Name:
        """One of a closed set; the first one is the default."""
        text = self._query.get(name)
        if text is None:
            return choices[0]
        for each in choices:
            if each == text:
                return each
        self.refuse(name, "enumeration", f"must be one of {', '.join(choices)}")
        return choices[0]
