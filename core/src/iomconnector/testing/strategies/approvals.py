"""Approval steps, and what was decided on them."""

from collections.abc import Sequence

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from iomconnector.model.approvals import ApprovalDecision, ApprovalKind, ApprovalStep, Decision
from iomconnector.testing.strategies.moments import moments
from iomconnector.testing.strategies.texts import texts


def approval_steps(*, max_size: int = 2) -> SearchStrategy[tuple[ApprovalStep, ...]]:
    """The approvals that an order needs, none of them often."""
    approvers = st.lists(texts(), min_size=1, max_size=2, unique=True).map(tuple)
    step = st.builds(ApprovalStep, kind=st.sampled_from(ApprovalKind), approvers=approvers)
    return st.lists(step, max_size=max_size).map(tuple)


def approvals_of(steps: Sequence[ApprovalStep]) -> SearchStrategy[tuple[ApprovalDecision, ...]]:
    """A yes to every step, each said by one of its approvers."""
    return st.tuples(*(_approval(index, step) for index, step in enumerate(steps)))


def _approval(index: int, step: ApprovalStep) -> SearchStrategy[ApprovalDecision]:
    return st.builds(
        ApprovalDecision,
        step=st.just(index),
        kind=st.just(step.kind),
        decision=st.just(Decision.APPROVED),
        decided_by=st.sampled_from(step.approvers),
        decided_at=moments(),
        comment=texts(min_length=0),
    )
