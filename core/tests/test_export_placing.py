"""Placing orders and deciding on them: what reaches the export ledger, and in which state."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field

import pytest

from iomconnector.errors import NotFoundError
from iomconnector.model.approvals import ApprovalKind, Decision
from iomconnector.model.exports import ExportState
from iomconnector.ports.order_repository import OrderConflictError, PlacementOutcome
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import ManualClock
from iomconnector.testing.placing_stage import PlacingStage
from iomconnector.testing.samples import (
    CHANNEL,
    ORGANIZATION,
    OTHER_CHANNEL,
    approval,
    approval_step,
    placed_order,
    sample_order,
)
from iomconnector.usecases.approve_orders import ApprovalError, ApproveOrders, may_leave, open_step

DUE = ExportState.DUE
WAITING = ExportState.WAITING_FOR_APPROVAL
TWO_STEPS = (
    approval_step("carla", kind=ApprovalKind.COST_CENTER),
    approval_step("anna", "berta"),
)


@dataclass
class Shop:
    """The use cases on orders in memory."""

    clock: ManualClock = field(default_factory=ManualClock)

    def __post_init__(self) -> None:
        stage = PlacingStage(self.clock)
        self.storage, self.placing = stage.storage, stage.placing
        self.approving = ApproveOrders(self.storage.orders, self.clock)

    def approve(
        self, by: str, decision: Decision = Decision.APPROVED, comment: str = ""
    ) -> Awaitable[ExportState]:
        """Decide on the order 4711."""
        return self.approving.decide(CHANNEL, "4711", decision, by=by, comment=comment)


@pytest.fixture
def shop() -> Shop:
    return Shop()


@in_event_loop
async def test_a_placed_order_is_due_at_once(shop: Shop) -> None:
    assert (await shop.placing.one(sample_order("4711"))).outcome is PlacementOutcome.PLACED
    assert (await shop.placing.one(sample_order("4711"))).outcome is PlacementOutcome.ALREADY_PLACED
    assert await shop.storage.claimed_numbers() == ["4711"]


@in_event_loop
async def test_an_order_of_other_content_or_of_an_unknown_channel_is_refused(shop: Shop) -> None:
    await shop.placing.one(sample_order("4711"))
    with pytest.raises(OrderConflictError, match="4711") as conflict:
        await shop.placing.one(sample_order("4711", project="another"))
    assert conflict.value.ids == {"order": "4711", "channel": CHANNEL}
    with pytest.raises(NotFoundError, match="nowhere"):
        await shop.placing.one(sample_order("4712", channel="nowhere"))
    with pytest.raises(NotFoundError, match="is no channel: it is an organization"):
        await shop.placing.one(sample_order("4713", channel=ORGANIZATION))
    assert len(await shop.storage.orders.page()) == 1


@in_event_loop
async def test_many_orders_are_placed_and_each_one_says_what_became_of_it(shop: Shop) -> None:
    await shop.placing.one(sample_order("2"))
    orders = [
        sample_order("1"),
        sample_order("2", project="another"),
        sample_order("3", channel="nowhere"),
        sample_order("4", channel=OTHER_CHANNEL, approval_steps=TWO_STEPS),
        sample_order("2"),
    ]
    placements = await shop.placing.many(orders)
    assert [placement.order for placement in placements] == orders
    assert [placement.outcome for placement in placements] == [
        PlacementOutcome.PLACED,
        PlacementOutcome.CONFLICT,
        None,
        PlacementOutcome.PLACED,
        PlacementOutcome.ALREADY_PLACED,
    ]
    assert "other content" in placements[1].reason
    assert "nowhere" in placements[2].reason
    assert [placements[index].reason for index in (0, 3, 4)] == ["", "", ""]
    assert await shop.storage.claimed_numbers() == ["2", "1"]


@in_event_loop
async def test_an_order_leaves_after_every_step_was_approved_in_its_order(shop: Shop) -> None:
    await shop.placing.one(sample_order("4711", approval_steps=TWO_STEPS))
    with pytest.raises(ApprovalError, match=r"anna may not decide on the cost_center approval.*carla"):
        await shop.approve("anna")
    assert await shop.approve("carla") is WAITING
    assert await shop.storage.claimed_numbers() == []
    assert await shop.approve("berta", comment="gladly") is DUE
    [claim] = await shop.storage.claim()
    assert [(each.step, each.kind, each.decided_by, each.comment) for each in claim.placed.decisions] == [
        (0, ApprovalKind.COST_CENTER, "carla", ""),
        (1, ApprovalKind.USER, "berta", "gladly"),
    ]
    assert may_leave(claim.placed)


@pytest.mark.parametrize("step", [0, 1])
@in_event_loop
async def test_one_rejection_with_a_reason_ends_it(shop: Shop, step: int) -> None:
    await shop.placing.one(sample_order("4711", approval_steps=TWO_STEPS))
    deciders = ["carla", "anna"]
    if step:
        await shop.approve("carla")
    with pytest.raises(ApprovalError, match="has no reason"):
        await shop.approve(deciders[step], Decision.REJECTED, " \n")
    assert await shop.approve(deciders[step], Decision.REJECTED, "too much") is ExportState.REJECTED
    with pytest.raises(ApprovalError, match="waits for no approval: it is rejected"):
        await shop.approve("anna")
    assert await shop.storage.claimed_numbers() == []


@in_event_loop
async def test_of_two_that_decide_at_once_one_is_told_that_he_came_late(shop: Shop) -> None:
    await shop.placing.one(sample_order("4711", approval_steps=[approval_step("anna", "berta")]))
    outcomes = await asyncio.gather(
        shop.approve("anna"),
        shop.approve("berta", Decision.REJECTED, "too much"),
        return_exceptions=True,
    )
    assert sum(isinstance(outcome, ApprovalError) for outcome in outcomes) == 1
    assert len((await shop.storage.stored("4711")).placed.decisions) == 1


@in_event_loop
async def test_what_waits_for_nobody_cannot_be_decided(shop: Shop) -> None:
    with pytest.raises(NotFoundError, match="4711"):
        await shop.approve("anna")
    await shop.placing.one(sample_order("4711"))
    with pytest.raises(ApprovalError, match="waits for no approval: it is due"):
        await shop.approve("anna")


def test_the_next_step_is_the_first_without_decision() -> None:
    order = sample_order(approval_steps=[approval_step("anna"), approval_step("berta")])
    first, second = approval(0), approval(1, by="berta")
    no = approval(0, decision=Decision.REJECTED, comment="too much")
    assert open_step(placed_order(order)) == (0, order.approval_steps[0])
    assert open_step(placed_order(order, first)) == (1, order.approval_steps[1])
    assert open_step(placed_order(order, second)) == (0, order.approval_steps[0])
    assert open_step(placed_order(order, first, second)) is None
    assert open_step(placed_order(order, no)) is None
    assert [
        may_leave(placed_order(order, *decisions))
        for decisions in ((), (first,), (second,), (no, second), (first, second))
    ] == [False, False, False, False, True]
    assert may_leave(placed_order(sample_order()))


@in_event_loop
async def test_who_asked_is_told_of_what_was_placed_and_of_what_became_due(shop: Shop) -> None:
    told: list[str] = []
    shop.placing.when_placed(lambda: told.append("placed"))
    shop.approving.when_due(lambda: told.append("due"))
    await shop.placing.one(sample_order("4711", approval_steps=TWO_STEPS))
    await shop.placing.one(sample_order("4711", approval_steps=TWO_STEPS))
    assert told == ["placed"]
    await shop.approve("carla")
    assert told == ["placed"]
    await shop.approve("anna")
    assert told == ["placed", "due"]
