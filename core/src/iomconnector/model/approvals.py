"""Approval of business orders: who must say yes before an order may leave the shop."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from iomconnector.model.values import Moment, RequiredText, Text, Value


class ApprovalKind(StrEnum):
    """Why an approval is needed, in the order in which they are asked for. [KB 27233F]"""

    COST_CENTER = "cost_center"
    USER = "user"


class ApprovalStep(Value):
    """One approval that the order needs; the yes of any one approver is enough. [KB 27233F]

    Arguments:
        kind: Cost center approval, or user-specific approval (budget, order spend limit).
        approvers: The users who may decide.
    """

    kind: ApprovalKind
    approvers: Annotated[tuple[RequiredText, ...], Field(min_length=1)]


class Decision(StrEnum):
    """What an approver said."""

    APPROVED = "approved"
    REJECTED = "rejected"


class ApprovalDecision(Value):
    """What was decided on one step.

    Arguments:
        step: Index into the order's approval steps, from 0.
        kind: The step's kind.
        decision: Approved or rejected.
        decided_by: The user who decided.
        decided_at: When.
        comment: Why; needed for a rejection.
    """

    step: int
    kind: ApprovalKind
    decision: Decision
    decided_by: RequiredText
    decided_at: Moment
    comment: Text = ""
