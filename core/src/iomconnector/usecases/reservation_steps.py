"""The steps of a reservation that need nobody but the ledger."""

from dataclasses import replace
from datetime import datetime

from iomconnector.model.stock_holds import HoldEnd, HoldState, OrderStage, StockHold
from iomconnector.ports.reservation_ledger import ReservationLedger


def ended(hold: StockHold, why: HoldEnd, now: datetime, *, settled: bool = False) -> StockHold:
    """A reservation that holds nothing any more.

    Arguments:
        hold: As it was.
        why: Why.
        now: Since when.
        settled: Whether nothing more is due for the stage of its order.
    """
    done = settled or hold.order is None or hold.order.stage is OrderStage.STAYS
    return replace(
        hold,
        state=HoldState.ENDED,
        end=why,
        ended_at=now,
        look_at=None if done else now,
        stage=_stage(hold) if done else None,
    )


def released_as(hold: StockHold, now: datetime) -> HoldEnd:
    """Why a reservation that was just released holds nothing any more."""
    return HoldEnd.RAN_OUT if hold.order is None and hold.ends_at <= now else HoldEnd.RELEASED


async def left_alone(
    ledger: ReservationLedger, hold: StockHold, *, until: datetime | None
) -> StockHold | None:
    """Nothing is due for a reservation before a moment; never where that is none, as long as its order stays
    where it is.

    Returns:
        None: no step follows.
    """
    await ledger.change(hold, replace(hold, look_at=until, stage=_stage(hold)))
    return None


def _stage(hold: StockHold) -> OrderStage | None:
    return hold.order.stage if hold.order is not None else None
