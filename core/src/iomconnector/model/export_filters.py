"""Which exports somebody wants to see or to act on, and how each of them is shown in a list."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from iomconnector.errors import ConnectorError
from iomconnector.model.exports import ExportRequest, ExportState

WAITING_STATES = (
    ExportState.WAITING_FOR_APPROVAL,
    ExportState.DUE,
    ExportState.SENDING,
    ExportState.PARKED,
)
"""The states of an order that the shop's customer expects to leave the shop, and that has not left it."""

STATES_WITH_REASON = (
    ExportState.DUE,
    ExportState.SENDING,
    ExportState.PARKED,
    ExportState.REJECTED,
    ExportState.GIVEN_UP,
)
"""The states in which an export can have a reason."""


class PageMarkError(ConnectorError):
    """A mark does not say where a page begins."""

    code = "export.page_mark.invalid"
    exit_code = 2


class ExportOrder(StrEnum):
    """In which order exports are listed."""

    OLDEST = "oldest"
    """As the orders were placed."""
    NEWEST = "newest"
    """The order that was placed last comes first."""
    DUE = "due"
    """Only what is due; what is due for the longest time comes first."""


@dataclass(frozen=True, slots=True)
class ExportSummary:
    """An export as a list shows it: without the content of its order, which may be unreadable.

    Arguments:
        request: Where the export stands.
        placed_at: When the order was placed.
        customer: The number of its customer; none where it has none.
        erased_at: When personal data were erased from the order.
    """

    request: ExportRequest
    placed_at: datetime
    customer: str | None
    erased_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ExportFilter:
    """Conditions that exports meet; all of those that are given.

    Arguments:
        states: One of these states; any where empty.
        channels: One of these channels; any where empty.
        reason_codes: One of these codes of the reason for which it waits or is parked; any where empty.
        number: Exactly this order number.
        number_prefix: The order number begins with it.
        customer: The number of the customer.
        reason_text: It stands in the reason; small and capital letters of ASCII are the same.
        placed_from: The order was placed at this time or later.
        placed_to: The order was placed before this time.
        updated_from: The export was changed at this time or later.
        updated_to: The export was changed before this time.
        min_failures: At least so many attempts failed for a reason of the order's own.
        min_attempts: At least so many attempts were begun.
        waiting_since: It has not left the shop, though it was asked for at this time or before.
        due_after: It is due, but not before this time has passed.
    """

    states: tuple[ExportState, ...] = ()
    channels: tuple[str, ...] = ()
    reason_codes: tuple[str, ...] = ()
    number: str | None = None
    number_prefix: str | None = None
    customer: str | None = None
    reason_text: str | None = None
    placed_from: datetime | None = None
    placed_to: datetime | None = None
    updated_from: datetime | None = None
    updated_to: datetime | None = None
    min_failures: int = 0
    min_attempts: int = 0
    waiting_since: datetime | None = None
    due_after: datetime | None = None

    def possible_states(self) -> tuple[ExportState, ...]:
        """The states that an export can have which meets the conditions; empty where any is possible."""
        possible = set(self.states or ExportState)
        if self.waiting_since is not None:
            possible.intersection_update(WAITING_STATES)
        if self.due_after is not None:
            possible.intersection_update((ExportState.DUE,))
        if self.reason_text or self.reason_codes:
            possible.intersection_update(STATES_WITH_REASON)
        return (
            ()
            if len(possible) == len(ExportState)
            else tuple(each for each in ExportState if each in possible)
        )

    @property
    def impossible(self) -> bool:
        """Whether no export can meet the conditions."""
        conditions = (self.states, self.waiting_since, self.due_after, self.reason_text, self.reason_codes)
        return any(conditions) and not self.possible_states()

    def matches(self, summary: ExportSummary) -> bool:
        """Whether an export meets the conditions."""
        request = summary.request
        return (
            _one_of(request.state, self.states)
            and _one_of(request.channel, self.channels)
            and _one_of(request.reason_code, self.reason_codes)
            and self.number in (None, request.number)
            and request.number.startswith(self.number_prefix or "")
            and self.customer in (None, summary.customer)
            and (not self.reason_text or _folded(self.reason_text) in _folded(request.reason or ""))
            and _within(summary.placed_at, self.placed_from, self.placed_to)
            and _within(request.updated_at, self.updated_from, self.updated_to)
            and request.failures >= self.min_failures
            and request.attempts >= self.min_attempts
            and (
                self.due_after is None
                or (request.state is ExportState.DUE and request.due_at > self.due_after)
            )
            and (
                self.waiting_since is None
                or (request.state in WAITING_STATES and request.requested_at <= self.waiting_since)
            )
        )

    def facts(self) -> Mapping[str, Any]:
        """The conditions that are given, ready for JSON; the names are stable."""
        given = {name: value for name, value in asdict(self).items() if value not in (None, (), 0, "")}
        return {name: _for_json(value) for name, value in given.items()}

    def digest(self) -> str:
        """A fingerprint: equal conditions have an equal one."""
        return hashlib.sha256(json.dumps(self.facts(), sort_keys=True).encode()).hexdigest()[:16]


ANY = ExportFilter()
"""Every export."""


def page_mark(summary: ExportSummary, order: ExportOrder) -> str:
    """What to give as ``after`` to go on behind an export."""
    key = str(summary.request.order_id)
    return f"{summary.request.due_at.isoformat()}~{key}" if order is ExportOrder.DUE else key


def read_page_mark(mark: str, order: ExportOrder) -> tuple[datetime | None, int]:
    """The time, where exports are listed by it, and the key behind which a page begins.

    Raises:
        PageMarkError: It is no such mark.
    """
    moment, _, key = mark.rpartition("~") if order is ExportOrder.DUE else ("", "", mark)
    try:
        at = datetime.fromisoformat(moment) if order is ExportOrder.DUE else None
        if not (key.isascii() and key.isdecimal() and int(key) < 2**63):
            raise ValueError(mark)
        if at is not None and at.tzinfo is None:
            raise ValueError(mark)
    except ValueError:
        raise PageMarkError(
            f"{mark!r} does not say where a page begins.",
            hint="Give what the page before names as the next, with the same order of the list.",
        ) from None
    return at, int(key)


def _one_of(value: Any, wanted: tuple[Any, ...]) -> bool:
    return not wanted or value in wanted


def _within(moment: datetime, start: datetime | None, end: datetime | None) -> bool:
    return (start is None or start <= moment) and (end is None or moment < end)


def _folded(text: str) -> str:
    return text.translate(_SMALL)


_SMALL = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


def _for_json(value: Any) -> Any:
    if isinstance(value, tuple):
        return [str(each) for each in value]
    return value.isoformat() if isinstance(value, datetime) else value
