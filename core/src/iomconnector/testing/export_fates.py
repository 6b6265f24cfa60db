"""Kinds of orders, and what must become of them when no fault hinders any more."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from iomconnector.model.exports import ExportState
from iomconnector.model.orders import Order
from iomconnector.testing.memory.order_management import REFUSED, MemoryOrderManagement
from iomconnector.testing.samples import approval_step, placed_order, sample_order
from iomconnector.usecases.export_orders import CONFLICT, NOT_APPROVED


@dataclass(frozen=True)
class Fate:
    """A kind of order and its end.

    Arguments:
        fields: What is special about the order.
        first_state: The state of its export in the beginning.
        state: The state in the end.
        code: Why it is parked in the end.
        copies: How many orders of its number stand in the order management system in the end.
    """

    fields: Mapping[str, Any] = field(default_factory=dict)
    first_state: ExportState = ExportState.DUE
    state: ExportState = ExportState.PARKED
    code: str | None = None
    copies: int = 0

    def order(self, number: str) -> Order:
        """An order of that kind."""
        return sample_order(number, **self.fields)


_STEPS = {"approval_steps": (approval_step("anna"),)}
_TWO_PAYMENTS = {"payments": [{"service_id": "ISH_INVOICE"}, {"service_id": "ISH_GIFT_CARD"}]}

PLAIN = Fate(state=ExportState.EXPORTED, copies=1)
CONFLICTING = Fate(code=CONFLICT, copies=1)
REFUSED_BY_RECEIVER = Fate(code=REFUSED)
NOT_EXPORTABLE = Fate(_TWO_PAYMENTS, code="export.order.not_exportable")
UNAPPROVED = Fate(_STEPS, code=NOT_APPROVED)
WAITING = Fate(_STEPS, first_state=ExportState.WAITING_FOR_APPROVAL, state=ExportState.WAITING_FOR_APPROVAL)

FATES: Mapping[str, Fate] = {
    "plain": PLAIN,
    "conflicting": CONFLICTING,
    "refused": REFUSED_BY_RECEIVER,
    "not exportable": NOT_EXPORTABLE,
    "not approved": UNAPPROVED,
    "waiting": WAITING,
}


async def prepare_far_side(management: MemoryOrderManagement, number: str, fate: Fate) -> None:
    """Make the order management system what the fate of an order needs."""
    if fate is CONFLICTING:
        await management.plant(placed_order(sample_order(number, project="another")))
    if fate is REFUSED_BY_RECEIVER:
        management.refused_numbers.add(number)
