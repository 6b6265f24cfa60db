"""Which orders a page is asked for: conditions in its address, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from app_bo.settings_form import Problem
from iomconnector.model.export_filters import ExportFilter, ExportOrder
from iomconnector.model.exports import ExportState

TEXTS: Final = ("number", "customer", "reason", "code", "channel", "state", "from", "to", "attempts", "sort")
ALL_STATES: Final = tuple(ExportState)


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Conditions as they were typed.

    Arguments:
        given: The texts by the name of their field; what is empty is left out.
    """

    given: Mapping[str, str]

    @classmethod
    def of(cls, texts: Mapping[str, str]) -> OrderFilter:
        """The conditions of an address or a form."""
        return cls({name: text for name in TEXTS if (text := texts.get(name, "").strip())})

    @staticmethod
    def names() -> tuple[str, ...]:
        """The fields that conditions stand in."""
        return TEXTS

    def text(self, name: str) -> str:
        """What was typed into a field."""
        return self.given.get(name, "")

    @property
    def query(self) -> str:
        """The conditions for an address, without the question mark."""
        return urlencode(self.given)

    @property
    def conditions(self) -> dict[str, str]:
        """What chooses orders, without how they are sorted."""
        return {name: text for name, text in self.given.items() if name != "sort"}

    @property
    def sort(self) -> ExportOrder:
        """In which order they are listed; the newest first unless another is asked for."""
        known = {each.value: each for each in ExportOrder}
        return known.get(self.text("sort"), ExportOrder.NEWEST)

    def read(self) -> tuple[ExportFilter, list[Problem]]:
        """The conditions, and what is wrong with them; what is wrong is left out."""
        problems: list[Problem] = []
        if self.text("sort") and self.text("sort") not in set(ExportOrder):
            problems.append(Problem("sort", "Sorted", f"{self.text('sort')!r} is no order of a list."))
        number = self.text("number")
        begins = number.endswith("*")
        return ExportFilter(
            states=self._states(problems),
            channels=(self.text("channel"),) if self.text("channel") else (),
            reason_codes=(self.text("code"),) if self.text("code") else (),
            number=number if number and not begins else None,
            number_prefix=number.rstrip("*") or None if begins else None,
            customer=self.text("customer") or None,
            reason_text=self.text("reason") or None,
            placed_from=self._day("from", "Placed from", problems),
            placed_to=self._day("to", "Placed to", problems, end=True),
            min_attempts=self._number("attempts", "Attempts", problems),
        ), problems

    def _states(self, problems: list[Problem]) -> tuple[ExportState, ...]:
        text = self.text("state")
        if not text:
            return ()
        try:
            return (ExportState(text),)
        except ValueError:
            problems.append(Problem("state", "State", f"{text!r} is no state of an export."))
            return ()

    def _day(self, name: str, label: str, problems: list[Problem], *, end: bool = False) -> datetime | None:
        text = self.text(name)
        if not text:
            return None
        try:
            day = datetime.fromisoformat(text)
            moment = day.replace(tzinfo=UTC) if day.tzinfo is None else day
            is_day = not set(text) & {"T", "t", " ", ":"}
            return moment + timedelta(days=1) if end and is_day else moment
        except (ValueError, OverflowError):
            problems.append(Problem(name, label, f"{text!r} is no day. Write it as 2026-11-28."))
            return None

    def _number(self, name: str, label: str, problems: list[Problem]) -> int:
        text = self.text(name)
        if not text:
            return 0
        if text.isascii() and text.isdecimal() and len(text) < 10:
            return int(text)
        problems.append(Problem(name, label, f"{text!r} is no number of attempts."))
        return 0
