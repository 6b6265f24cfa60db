"""Approve or reject the orders of business customers."""

from collections.abc import Callable

from iomconnector.errors import ConnectorError
from iomconnector.model.approvals import ApprovalDecision, ApprovalStep, Decision
from iomconnector.model.exports import ExportState, PlacedOrder
from iomconnector.ports.clock import Clock
from iomconnector.ports.order_repository import OrderRepository


class ApprovalError(ConnectorError):
    """The decision cannot be taken: by this user, on this order, or without a reason."""

    code = "approval.refused"


def open_step(placed: PlacedOrder) -> tuple[int, ApprovalStep] | None:
    """The approval that the order needs next, with its index; none where all are given or one is refused."""
    if any(decision.decision is Decision.REJECTED for decision in placed.decisions):
        return None
    decided = {decision.step for decision in placed.decisions}
    return next(
        ((index, step) for index, step in enumerate(placed.order.approval_steps) if index not in decided),
        None,
    )


def may_leave(placed: PlacedOrder) -> bool:
    """Whether every approval that the order needs was given."""
    approved = {decision.step for decision in placed.decisions if decision.decision is Decision.APPROVED}
    return approved.issuperset(range(len(placed.order.approval_steps)))


class ApproveOrders:
    """Takes the decisions of approvers. Steps are decided in their order; one approver's word is enough for
    a step; a rejection ends it and needs a reason. [KB 27233F]"""

    def __init__(self, orders: OrderRepository, clock: Clock) -> None:
        self._orders = orders
        self._clock = clock
        self._when_due: list[Callable[[], None]] = []
        self._when_decided: list[Callable[[], None]] = []

    def when_due(self, call: Callable[[], None]) -> None:
        """Have something called whenever the last approval made an order due."""
        self._when_due.append(call)

    def when_decided(self, call: Callable[[], None]) -> None:
        """Have something called whenever an approver decided, whatever it was."""
        self._when_decided.append(call)

    async def decide(
        self, channel: str, number: str, decision: Decision, *, by: str, comment: str = ""
    ) -> ExportState:
        """Decide on the approval that an order waits for.

        Returns:
            The state of the order's export afterwards.

        Raises:
            NotFoundError: There is no such order.
            ApprovalError: It waits for no approval, this user may not decide, or a rejection has no reason.
        """
        stored = await self._orders.get(channel, number)
        waiting = open_step(stored.placed)
        if stored.request.state is not ExportState.WAITING_FOR_APPROVAL or waiting is None:
            raise ApprovalError(
                f"Order {number} waits for no approval: it is {stored.request.state.value}.", order=number
            )
        index, step = waiting
        if by not in step.approvers:
            raise ApprovalError(
                f"{by} may not decide on the {step.kind.value} approval of order {number}.",
                hint=f"One of these may: {', '.join(step.approvers)}.",
                order=number,
            )
        if decision is Decision.REJECTED and not comment.strip():
            raise ApprovalError(
                f"The rejection of order {number} has no reason.", hint="Give one.", order=number
            )
        taken = ApprovalDecision(
            step=index,
            kind=step.kind,
            decision=decision,
            decided_by=by,
            decided_at=self._clock.now(),
            comment=comment,
        )
        state = _state_after(PlacedOrder(stored.placed.order, (*stored.placed.decisions, taken)))
        if not await self._orders.decide(stored.request.order_id, taken, state):
            raise ApprovalError(f"Somebody else decided on order {number} just now.", order=number)
        for call in (*self._when_decided, *(self._when_due if state is ExportState.DUE else ())):
            call()
        return state


def _state_after(placed: PlacedOrder) -> ExportState:
    if may_leave(placed):
        return ExportState.DUE
    return ExportState.WAITING_FOR_APPROVAL if open_step(placed) else ExportState.REJECTED
