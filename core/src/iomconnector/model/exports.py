"""The life of an order's export, as the ledger keeps it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from iomconnector.model.approvals import ApprovalDecision
from iomconnector.model.orders import Order
from iomconnector.model.values import ChannelId, OrderNumber


class ExportState(StrEnum):
    """Where an order's export stands."""

    WAITING_FOR_APPROVAL = "waiting for approval"
    DUE = "due"
    SENDING = "sending"
    EXPORTED = "exported"
    PARKED = "parked"
    REJECTED = "rejected"
    """An approver said no: the order stays in the shop."""
    GIVEN_UP = "given up"
    """A person decided that the order is not exported, and said why."""

    @property
    def settled(self) -> bool:
        """Whether nothing happens any more without a person."""
        return self in (
            ExportState.EXPORTED,
            ExportState.PARKED,
            ExportState.REJECTED,
            ExportState.GIVEN_UP,
        )


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """One row of the export ledger.

    Arguments:
        order_id: The order's key in the shop's database.
        channel: The order's channel.
        number: The order's number.
        state: Where it stands.
        attempts: How often sending was started.
        unclear: A send was started and its outcome is not known: ask before sending again.
        due_at: Not before this time.
        lease_until: Until when the present holder may work on it.
        reference: Where the order stands in the order management system.
        reason_code: Why it waits or is parked, as a code.
        reason: The same as a sentence.
        requested_at: When the export was asked for: with the order, or with its last approval.
        updated_at: Last change.
        exported_at: When the order was known to be there.
        failures: How many attempts failed for a reason of the order's own; outages do not count.
        abandoned: How many attempts were begun and never ended: their process died, or lost the lease.
        revision: How often the content of the order was corrected since it was placed.
        trace_parent: The W3C trace context of the request that placed the order.
        held_by: The worker that holds the lease, for people; none where nobody does or it is not known.
    """

    order_id: int
    channel: ChannelId
    number: OrderNumber
    state: ExportState
    attempts: int
    unclear: bool
    due_at: datetime
    lease_until: datetime | None
    reference: str | None
    reason_code: str | None
    reason: str | None
    requested_at: datetime
    updated_at: datetime
    exported_at: datetime | None
    failures: int = 0
    abandoned: int = 0
    revision: int = 0
    trace_parent: str | None = None
    held_by: str | None = None


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """An order as it leaves the shop: what was placed, and what approvers decided on it.

    Arguments:
        order: The order, corrected where it was; with placeholders for personal data where they were erased.
        decisions: What approvers decided.
        revision: How often its content was corrected. A copy of an earlier revision is not this order.
        erased_at: When personal data were erased from it. Such an order is never sent.
    """

    order: Order
    decisions: tuple[ApprovalDecision, ...] = ()
    revision: int = 0
    erased_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ExportAttempt:
    """One attempt to export an order, with its outcome.

    Arguments:
        order_id: The order's key in the shop's database.
        attempt: Which attempt, from 1. Numbers that are left out are attempts whose worker was lost.
        worker: Who made it.
        claimed_at: When the worker took the order.
        ended_at: When the outcome was known.
        outcome: The state of the export afterwards.
        code: Why the order was not exported, as a code.
        reason: The same as a sentence.
        trace_id: The trace of the attempt, as 32 hexadecimal digits.
    """

    order_id: int
    attempt: int
    worker: str
    claimed_at: datetime
    ended_at: datetime
    outcome: ExportState
    code: str | None = None
    reason: str | None = None
    trace_id: str | None = None


@dataclass(frozen=True, slots=True)
class OrderCorrection:
    """A correction of an order's content after it was placed.

    Arguments:
        order_id: The order's key in the shop's database.
        revision: Which correction, from 1.
        corrected_by: Who did it.
        corrected_at: When.
        reason: Why.
        content_before: The order document before the correction, as it stood in the database.
    """

    order_id: int
    revision: int
    corrected_by: str
    corrected_at: datetime
    reason: str
    content_before: str


@dataclass(frozen=True, slots=True)
class ExportPause:
    """The export of a channel is switched off.

    Arguments:
        channel: The channel.
        paused_by: Who did it.
        paused_at: When.
        reason: Why.
    """

    channel: str
    paused_by: str
    paused_at: datetime
    reason: str
