"""What ``iomconnector reservation`` says of reservations."""

from datetime import UTC, datetime, timedelta

import pytest

from iomconnector.cli.reservation_commands import held_by
from iomconnector.model.availability import ReservationType
from iomconnector.model.stock_holds import HoldState, StockHold

MADE = datetime(2026, 11, 29, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "reservation", "pieces", "said"),
    [
        (HoldState.ASKING, None, {}, "perhaps 2 x A, 1 x B"),
        (HoldState.RELEASING, None, {}, "perhaps 2 x A, 1 x B"),
        (HoldState.RELEASING, "7", {"A": 2}, "2 x A"),
        (HoldState.HELD, "7", {"A": 2, "B": 1}, "2 x A, 1 x B"),
        (HoldState.ENDED, None, {}, ""),
    ],
)
def test_what_nobody_knows_is_not_told_as_nothing(
    state: HoldState, reservation: str | None, pieces: dict[str, int], said: str
) -> None:
    hold = StockHold(
        key="k",
        channel="Shop",
        service="https://iom.example.com shop 1 (inventory)",
        kind=ReservationType.PARTLY,
        wanted={"A": 2, "B": 1},
        state=state,
        made_at=MADE,
        ends_at=MADE + timedelta(minutes=30),
        look_at=None,
        reservation=reservation,
        pieces=pieces,
    )
    assert held_by(hold) == said
