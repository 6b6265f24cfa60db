"""What business orders carry beyond the fields of IOM's order, as additional attributes. [KB B29919, 3.4 B2B]

IOM shows additional attributes in its section "Attributes". The names that the original connector gives to
them are not published, so groups and keys are a contract of this cartridge:

- ``b2b``: ``costCenter``, ``project``, ``messageToMerchant`` of the order; ``costCenter`` and ``project`` of
  each position;
- ``approval``: ``status`` and, for each decided step, ``1.kind``, ``1.decision``, ``1.decidedBy``,
  ``1.decidedAt`` (ISO 8601 with offset) and ``1.comment``; the steps are counted from 1.

What is empty is left out. A custom attribute of the same name with another value is never overwritten: such
an order is refused. Who was asked but did not decide stays in the shop.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from ac_iomconnector_orderexport.document import OrderDocument, PositionDocument
from ac_iomconnector_orderexport.mapping.attributes import add_attribute
from ac_iomconnector_orderexport.mapping.context import MappingContext
from iomconnector.model.approvals import ApprovalDecision, ApprovalStep, Decision
from iomconnector.model.line_items import LineItem
from iomconnector.model.orders import Order

B2B: Final = "b2b"
APPROVAL: Final = "approval"
COST_CENTER: Final = "costCenter"
PROJECT: Final = "project"
MESSAGE_TO_MERCHANT: Final = "messageToMerchant"
STATUS: Final = "status"

APPROVED: Final = "approved"
REJECTED: Final = "rejected"
OPEN: Final = "open"


def bind_order(order: Order, document: OrderDocument, context: MappingContext) -> None:
    """Put approval, cost center, project and message to merchant into the order.

    Claims ``message_to_merchant`` and ``decisions``; the other two have fields in IOM's order as well.
    """
    groups = document.additional_attributes
    for key, field, value in (
        (COST_CENTER, "cost_center", order.cost_center),
        (PROJECT, "project", order.project),
        (MESSAGE_TO_MERCHANT, "message_to_merchant", order.message_to_merchant),
    ):
        if value:
            add_attribute(groups, B2B, key, value, field, context)
    for key, value in _approval(order.approval_steps, context.decisions):
        add_attribute(groups, APPROVAL, key, value, "decisions", context)
    context.claim("message_to_merchant")
    context.claim("decisions")


def bind_position(line_item: LineItem, document: PositionDocument, context: MappingContext) -> None:
    """Put cost center and project of a line item into its position."""
    groups = document.additional_attributes
    for key, field, value in (
        (COST_CENTER, "cost_center", line_item.cost_center),
        (PROJECT, "project", line_item.project),
    ):
        if value:
            add_attribute(groups, B2B, key, value, field, context)


def approval_status(steps: Sequence[ApprovalStep], decisions: Sequence[ApprovalDecision]) -> str:
    """``rejected`` by any one, ``approved`` where every step was, ``open`` otherwise."""
    if any(decision.decision is Decision.REJECTED for decision in decisions):
        return REJECTED
    decided = {decision.step for decision in decisions}
    return APPROVED if decided.issuperset(range(len(steps))) else OPEN


def _approval(
    steps: Sequence[ApprovalStep], decisions: Sequence[ApprovalDecision]
) -> Iterator[tuple[str, str]]:
    if not steps and not decisions:
        return
    yield STATUS, approval_status(steps, decisions)
    for decision in decisions:
        number = decision.step + 1
        yield f"{number}.kind", decision.kind.value
        yield f"{number}.decision", decision.decision.value
        yield f"{number}.decidedBy", decision.decided_by
        yield f"{number}.decidedAt", decision.decided_at.isoformat()
        if decision.comment:
            yield f"{number}.comment", decision.comment
