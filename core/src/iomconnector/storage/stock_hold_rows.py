"""Reservations of the shop as rows, and back."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, Select, select

from iomconnector.model.availability import ReservationType
from iomconnector.model.exports import ExportState
from iomconnector.model.stock_holds import BoundOrder, HoldEnd, HoldState, OrderStage, StockHold
from iomconnector.storage.tables import export_requests, orders, stock_holds


def hold_rows() -> Select[Any]:
    """Select reservations, each with where the export of its order stands."""
    return (
        select(
            stock_holds,
            orders.c.number.label("order_number"),
            export_requests.c.state.label("order_state"),
        )
        .outerjoin(orders, orders.c.id == stock_holds.c.order_id)
        .outerjoin(export_requests, export_requests.c.order_id == stock_holds.c.order_id)
    )


def hold_from(row: Row[Any]) -> StockHold:
    """The reservation of a row of :func:`hold_rows`."""
    order = None
    if row.order_id is not None:
        order = BoundOrder(row.order_id, row.order_number, ExportState(row.order_state))
    return StockHold(
        key=row.key,
        channel=row.channel,
        service=row.service,
        kind=ReservationType(row.kind),
        wanted=json.loads(row.wanted),
        state=HoldState(row.state),
        made_at=row.made_at,
        ends_at=row.ends_at,
        look_at=row.look_at,
        basket=row.basket,
        reservation=row.reservation,
        pieces=json.loads(row.pieces),
        order=order,
        stage=None if row.stage is None else OrderStage(row.stage),
        told=row.told,
        end=None if row.ended is None else HoldEnd(row.ended),
        ended_at=row.ended_at,
        version=row.version,
    )


def new_row(hold: StockHold) -> dict[str, Any]:
    """The row of a reservation that is not there yet."""
    return {
        "key": hold.key,
        "channel": hold.channel,
        "basket": hold.basket,
        "service": hold.service,
        "order_id": hold.order.order_id if hold.order is not None else None,
        "made_at": hold.made_at,
        "version": hold.version,
        **changeable(hold),
    }


def changeable(hold: StockHold) -> dict[str, Any]:
    """The columns of a reservation that change."""
    values = {
        "kind": hold.kind.value,
        "wanted": pieces_text(hold.wanted),
        "pieces": pieces_text(hold.pieces),
        "state": hold.state.value,
        "reservation": hold.reservation,
        "stage": hold.stage,
        "told": hold.told,
        "ends_at": hold.ends_at,
        "look_at": hold.look_at,
        "not_before": None,
        "ended": hold.end,
        "ended_at": hold.ended_at,
    }
    return {**values, "basket": None} if hold.state is HoldState.ENDED else values


def pieces_text(pieces: Mapping[str, int]) -> str:
    """Product -> pieces, as a column has it."""
    return json.dumps(dict(pieces), ensure_ascii=True, separators=(",", ":"))
