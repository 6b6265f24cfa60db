"""What operators do with exports."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from iomconnector.model.audit import AuditEntry
from iomconnector.model.export_filters import ANY, ExportFilter, ExportSummary
from iomconnector.model.exports import ExportRequest, ExportState
from iomconnector.model.orders import Order

GIVEN_UP = "export.given_up"
"""The reason code of an order that a person gave up."""
GIVEN_UP_UNAPPROVED = "export.given_up.unapproved"
"""The same, of an order that waited for approval: it needs the approval still."""

CORRECTABLE = (ExportState.PARKED, ExportState.DUE, ExportState.GIVEN_UP)
"""The states in which the content of an order can be corrected."""


class ExportAct(StrEnum):
    """What an operator does with an export that exists."""

    RETRY = "retry"
    """Make it due again; the receiver is asked for the order before it is sent."""
    EXPEDITE = "expedite"
    """Do not wait before the next attempt."""
    GIVE_UP = "give up"
    """Do not export it, for a reason."""
    REPLAY = "replay"
    """Make sure that an exported order is in the order management system, and send it where it is not."""

    @property
    def states(self) -> tuple[ExportState, ...]:
        """The states in which it is possible."""
        return _STATES[self]

    @property
    def needs_reason(self) -> bool:
        """Whether the operator has to say why."""
        return self is ExportAct.GIVE_UP

    @property
    def effect(self) -> str:
        """What happens to the order, in words that follow its name."""
        return _EFFECTS[self]

    @property
    def recorded_as(self) -> str:
        """The action of its entry in the audit trail."""
        return _RECORDED[self]


_STATES = {
    ExportAct.RETRY: (ExportState.PARKED, ExportState.GIVEN_UP),
    ExportAct.EXPEDITE: (ExportState.DUE,),
    ExportAct.GIVE_UP: (ExportState.PARKED, ExportState.DUE, ExportState.WAITING_FOR_APPROVAL),
    ExportAct.REPLAY: (ExportState.EXPORTED,),
}
_EFFECTS = {
    ExportAct.RETRY: (
        "becomes due, or waits for its approval again; "
        "the order management system is asked for it before it is sent"
    ),
    ExportAct.EXPEDITE: "is tried again at once",
    ExportAct.GIVE_UP: "stays in the shop and is not exported, until somebody retries it",
    ExportAct.REPLAY: "becomes due; it is sent where the order management system does not have it",
}
_RECORDED = {
    ExportAct.RETRY: "order.retried",
    ExportAct.EXPEDITE: "order.expedited",
    ExportAct.GIVE_UP: "order.given_up",
    ExportAct.REPLAY: "order.replayed",
}


@dataclass(frozen=True, slots=True)
class ActOrder:
    """What is to be done with exports, by whom, and why.

    Arguments:
        act: What.
        by: Who: an account of the back office, a user of the operating system, or a part of the system.
        at: When.
        reason: Why; empty where nothing is said.
        only: Exports that do not meet these conditions at that moment are left alone.
        unchanged_since: Exports that were changed later are left alone; none where that does not matter.
    """

    act: ExportAct
    by: str
    at: datetime
    reason: str = ""
    only: ExportFilter = ANY
    unchanged_since: datetime | None = None

    def permits(self, summary: ExportSummary) -> bool:
        """Whether it is to be done with an export as it stands now. Without its personal data an order is
        never sent."""
        request = summary.request
        return (
            request.state in self.act.states
            and summary.erased_at is None
            and (self.act is not ExportAct.EXPEDITE or request.due_at > self.at)
            and (self.unchanged_since is None or request.updated_at <= self.unchanged_since)
            and self.only.matches(summary)
        )

    def entry(self, summary: ExportSummary) -> AuditEntry:
        """What the audit trail says of it; ``summary`` is the export as it stood before."""
        request = summary.request
        changes: dict[str, tuple[Any, Any]] = {}
        if self.act is ExportAct.EXPEDITE:
            changes["due_at"] = (request.due_at.isoformat(), self.at.isoformat())
        else:
            changes["state"] = (request.state.value, self.state_after(request).value)
            changes["reason_code"] = (request.reason_code, None)
        if self.reason:
            changes["reason"] = (None, self.reason)
        return AuditEntry(self.at, self.by, self.act.recorded_as, request.number, request.channel, changes)

    def state_after(self, request: ExportRequest) -> ExportState:
        """The state of an export afterwards."""
        if self.act is ExportAct.GIVE_UP:
            return ExportState.GIVEN_UP
        return made_due(request)


@dataclass(frozen=True, slots=True)
class Correction:
    """Another content for an order.

    Arguments:
        order_id: The order's key.
        order: The order as it is to be.
        revision: The revision that was corrected; another one means that somebody else was first.
        fields: The paths of the fields that differ; what stands in them does not get into the audit trail.
        by: Who corrects it.
        at: When.
        reason: Why.
    """

    order_id: int
    order: Order
    revision: int
    fields: tuple[str, ...]
    by: str
    at: datetime
    reason: str

    def entry(self, request: ExportRequest) -> AuditEntry:
        """What the audit trail says of it: which fields, and never what stands in them."""
        changes: dict[str, tuple[Any, Any]] = {
            "state": (request.state.value, made_due(request).value),
            "revision": (self.revision, self.revision + 1),
            "fields": (None, list(self.fields)),
            "reason": (None, self.reason),
        }
        return AuditEntry(self.at, self.by, "order.corrected", request.number, request.channel, changes)


def made_due(request: ExportRequest) -> ExportState:
    """The state of an export that is set going again; what was given up unapproved waits for approval."""
    unapproved = request.reason_code == GIVEN_UP_UNAPPROVED
    return ExportState.WAITING_FOR_APPROVAL if unapproved else ExportState.DUE
