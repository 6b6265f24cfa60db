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


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """An order as it leaves the shop: what was placed, and what approvers decided on it."""

    order: Order
    decisions: tuple[ApprovalDecision, ...] = ()
