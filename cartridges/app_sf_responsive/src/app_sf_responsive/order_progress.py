"""How far an order has come, as a few steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from iomconnector.model.order_history import OrderView
from iomconnector.model.order_status import Phase


class Step(StrEnum):
    """A step of an order; templates have the words."""

    PLACED = "placed"
    APPROVAL = "approval"
    PROCESSING = "processing"
    CLARIFICATION = "clarification"
    SHIPPED = "shipped"
    CANCELLED = "cancelled"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an order has come.

    Arguments:
        steps: The steps that such an order takes.
        reached: How many of them are done.
        partly: Whether the next one has begun and is not done for everything.
        settled: Whether nothing more is to come.
    """

    steps: Sequence[Step]
    reached: int
    partly: bool = False
    settled: bool = False


_USUAL: Final = (Step.PLACED, Step.PROCESSING, Step.SHIPPED)
_WITH_APPROVAL: Final = (Step.PLACED, Step.APPROVAL, Step.PROCESSING, Step.SHIPPED)
_RETURN: Final = (*_USUAL, Step.RETURNED)
_CLARIFYING: Final = (Step.PLACED, Step.CLARIFICATION, Step.SHIPPED)

_BY_PHASE: Final[Mapping[Phase, Progress]] = {
    Phase.IN_APPROVAL: Progress(_WITH_APPROVAL, 1, partly=True),
    Phase.RECEIVED: Progress(_USUAL, 1),
    Phase.PROCESSING: Progress(_USUAL, 1, partly=True),
    Phase.PARTLY_SHIPPED: Progress(_USUAL, 2, partly=True),
    Phase.SHIPPED: Progress(_USUAL, 3, settled=True),
    Phase.PARTLY_RETURNED: Progress(_RETURN, 3, partly=True),
    Phase.RETURNED: Progress(_RETURN, 4, settled=True),
    Phase.CANCELLED: Progress((Step.PLACED, Step.CANCELLED), 2, settled=True),
    Phase.IN_CLARIFICATION: Progress(_CLARIFYING, 1, partly=True),
}


def progress(view: OrderView) -> Progress | None:
    """How far an order has come; none where its status says nothing about that.

    An order that was approved keeps that step for as long as it is on its way.
    """
    found = _BY_PHASE.get(view.status.phase)
    if found is None or found.steps not in (_USUAL, _CLARIFYING) or not view.order.approval_steps:
        return found
    placed, *later = found.steps
    return Progress((placed, Step.APPROVAL, *later), found.reached + 1, found.partly, found.settled)
