"""Baskets as rows of the table."""

import json
from typing import Any

from sqlalchemy import Row

from iomconnector.model.baskets import Basket, BasketLine, BasketState
from iomconnector.model.money import Money
from iomconnector.model.order_documents import dump_order, parse_order
from iomconnector.model.values import ChannelId, canonical


def row_of(basket: Basket) -> dict[str, Any]:
    """A basket as a row."""
    lines = [
        {
            "sku": line.sku,
            "quantity": line.quantity,
            "price": canonical(line.price.amount),
            "currency": line.price.currency,
        }
        for line in basket.lines
    ]
    return {
        "id": basket.id,
        "channel": basket.channel,
        "login": basket.login,
        "state": basket.state.value,
        "lines": json.dumps(lines, ensure_ascii=False),
        "draft": dump_order(basket.draft) if basket.draft is not None else None,
        "order_number": basket.order_number,
        "changed_at": basket.changed_at,
        "version": basket.version,
    }


def basket_of(row: Row[Any]) -> Basket:
    """A row as a basket."""
    lines = tuple(
        BasketLine(
            each["sku"],
            each["quantity"],
            Money.model_validate({"amount": each["price"], "currency": each["currency"]}),
        )
        for each in json.loads(row.lines)
    )
    return Basket(
        id=row.id,
        channel=ChannelId(row.channel),
        login=row.login,
        changed_at=row.changed_at,
        lines=lines,
        state=BasketState(row.state),
        draft=parse_order(row.draft) if row.draft is not None else None,
        order_number=row.order_number,
        version=row.version,
    )
