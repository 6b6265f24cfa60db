"""How a counter becomes an order number: a prefix and a pattern in a language that is small on purpose."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from iomconnector.model.values import OrderNumber

DEFAULT_PATTERN: Final = "{number:08d}"
"""Eight digits, padded with zeros: ``00000002``. [KB 300V99]"""

_PART = re.compile(r"\{number(?::0(?P<width>[1-9][0-9]?)d)?\}|\{date:(?P<date>[^{}]*)\}|(?P<text>[^{}]+)")
_TEXT = re.compile(r"[0-9A-Za-z_-]+")
_DATES: Final[Mapping[str, Callable[[date], str]]] = {
    "YYYYMMDD": lambda day: f"{day.year:04d}{day.month:02d}{day.day:02d}",
    "YYMMDD": lambda day: f"{day.year % 100:02d}{day.month:02d}{day.day:02d}",
    "YYYYDDD": lambda day: f"{day.year:04d}{day.timetuple().tm_yday:03d}",
    "YYYY": lambda day: f"{day.year:04d}",
}
"""How a date is written; the name of a form has as many letters as the date has digits."""


@dataclass(frozen=True, slots=True)
class _Counter:
    width: int


@dataclass(frozen=True, slots=True)
class _Date:
    form: str


_Part = str | _Counter | _Date


class NumberPattern:
    """Makes order numbers of counters.

    A pattern is made of letters, digits, ``-`` and ``_``, which stand for themselves, of exactly one
    ``{number}`` or ``{number:0Nd}`` (padded with zeros to N digits, 1 to 50), and of any number of dates:
    ``{date:YYYYMMDD}``, ``{date:YYMMDD}``, ``{date:YYYY}``, ``{date:YYYYDDD}`` (the day of the year).

    Everything but the counter has a fixed length, so two different counters never make the same number, with
    whatever dates, even where a counter has more digits than its padding.

    Arguments:
        prefix: Stands before the pattern, for example the id of a machine.
        pattern: The pattern.

    Raises:
        ValueError: They are not in the language.
    """

    def __init__(self, prefix: str, pattern: str) -> None:
        if prefix and not _TEXT.fullmatch(prefix):
            raise ValueError(f"the prefix {prefix!r} has other characters than letters, digits, - and _")
        self._parts: tuple[_Part, ...] = (*([prefix] if prefix else []), *_parts_of(pattern))
        counters = [part.width for part in self._parts if isinstance(part, _Counter)]
        if len(counters) != 1:
            raise ValueError(
                f"the pattern {pattern!r} must have {{number}} or {{number:08d}} exactly once, "
                f"not {len(counters)} times"
            )
        self._width = counters[0]
        self._reading = re.compile("".join(map(_expression, self._parts)))

    @classmethod
    @lru_cache(maxsize=256)
    def of(cls, prefix: str, pattern: str) -> "NumberPattern":
        """The pattern, parsed once.

        Raises:
            ValueError: They are not in the language.
        """
        return cls(prefix, pattern)

    def number(self, counter: int, day: date) -> OrderNumber:
        """The order number of a counter.

        Arguments:
            counter: At least 1.
            day: What dates in the pattern show.
        """
        return OrderNumber("".join(self._written(part, counter, day) for part in self._parts))

    def counter_of(self, number: str) -> int | None:
        """The counter whose number this is, on whatever day, padded or not; none where it cannot be one."""
        found = self._reading.fullmatch(number)
        return int(found["counter"]) if found else None

    @property
    def digits_only(self) -> bool:
        """Whether its numbers consist of digits alone."""
        return all(part.isdecimal() for part in self._parts if isinstance(part, str))

    @property
    def has_date(self) -> bool:
        """Whether its numbers show a date."""
        return any(isinstance(part, _Date) for part in self._parts)

    def length(self, counter: int) -> int:
        """How many characters the number of a counter has."""
        return len(self.number(counter, date(2000, 1, 1)))

    def _written(self, part: _Part, counter: int, day: date) -> str:
        if isinstance(part, _Counter):
            return f"{counter:0{part.width}d}"
        if isinstance(part, _Date):
            return _DATES[part.form](day)
        return part


def value_of(number: str) -> int:
    """All digits of an order number, read as one number; 0 where it has none.

    Numbers of different value are different, whatever patterns made them.
    """
    return int("".join(re.findall("[0-9]", number)) or "0")


def is_number(text: str) -> bool:
    """Whether an order number consists of the digits 0 to 9 alone. [KB B29919 2.5]"""
    return text.isascii() and text.isdecimal()


def _parts_of(pattern: str) -> Iterator[_Part]:
    at = 0
    while at < len(pattern):
        part = _PART.match(pattern, at)
        if part is None:
            raise ValueError(
                f"the pattern {pattern!r} cannot be read at {pattern[at:]!r}: write {{number}}, "
                f"{{number:08d}}, {{date:YYYYMMDD}} or characters that stand for themselves"
            )
        yield _part(part, pattern)
        at = part.end()


def _part(part: re.Match[str], pattern: str) -> _Part:
    if part["text"] is not None:
        if not _TEXT.fullmatch(part["text"]):
            raise ValueError(
                f"the pattern {pattern!r} has other characters than letters, digits, - and _ "
                f"in {part['text']!r}"
            )
        return part["text"]
    if part["date"] is not None:
        if part["date"] not in _DATES:
            raise ValueError(
                f"the pattern {pattern!r} has the date {part['date']!r}; there are {', '.join(_DATES)}"
            )
        return _Date(part["date"])
    width = int(part["width"] or "1")
    if width > 50:
        raise ValueError(f"the pattern {pattern!r} pads to more than 50 digits")
    return _Counter(width)


def _expression(part: _Part) -> str:
    if isinstance(part, _Counter):
        return "(?P<counter>[0-9]+)"
    if isinstance(part, _Date):
        return f"[0-9]{{{len(part.form)}}}"
    return re.escape(part)
