"""The states of orders and positions. [KB 29203Z, KB 2920A4; iom-api 2.2, 2.3]"""

from __future__ import annotations

from dev_iomconnector_iom.fulfilment.progress import PositionProgress, Progress

PREFIX = "STATE_"
"""Services answer states with this prefix."""

INITIAL = "INITIAL"
NOT_CHECKED = "NOT_CHECKED"
CHECKED = "CHECKED"
DO_ANNOUNCE = "DO_ANNOUNCE"
DO_APPROVE = "DO_APPROVE"
ANNOUNCED = "ANNOUNCED"
DO_OPTIMIZE = "DO_OPTIMIZE"
OPTIMIZED = "OPTIMIZED"
DO_CREATE_TRANSMISSION = "DO_CREATE_TRANSMISSION"
COMMISSIONED = "COMMISSIONED"
DISPATCHED = "DISPATCHED"
RETURNED = "RETURNED"
"""All pieces cancelled or returned. The published list of states stops before it: the name is a guess."""


def order_state(progress: Progress) -> str:
    """The state of the order, without prefix."""
    positions = progress.positions
    return _state(
        progress.stage,
        ordered=sum(each.ordered for each in positions),
        dispatched=sum(each.dispatched for each in positions),
        returned=sum(each.returned for each in positions),
        cancelled=sum(each.cancelled for each in positions),
    )


def position_state(progress: Progress, position: PositionProgress) -> str:
    """The state of a position, without prefix."""
    return _state(
        progress.stage,
        ordered=position.ordered,
        dispatched=position.dispatched,
        returned=position.returned,
        cancelled=position.cancelled,
    )


def _state(stage: str, *, ordered: int, dispatched: int, returned: int, cancelled: int) -> str:
    """Cancelled pieces count as returned ones, as the descriptions of the states have it. [KB 29203Z]"""
    gone = returned + cancelled
    if ordered and gone == ordered:
        return RETURNED
    if stage != COMMISSIONED:
        return stage
    remaining = ordered - dispatched - cancelled
    if ordered and not remaining:
        return f"{DISPATCHED}_PARTLY_RETURNED" if gone else DISPATCHED
    state = COMMISSIONED
    if dispatched:
        state += "_PARTLY_DISPATCHED"
    if gone:
        state += "_PARTLY_RETURNED"
    return state
