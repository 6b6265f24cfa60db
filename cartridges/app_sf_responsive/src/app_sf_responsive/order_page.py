"""The page of an order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fastapi.responses import HTMLResponse

from app_sf_responsive.extension_points import Panel, PanelPlace
from app_sf_responsive.joined import panels_of
from app_sf_responsive.order_lines import OrderLine, order_lines
from app_sf_responsive.order_progress import progress
from app_sf_responsive.order_timeline import timeline
from app_sf_responsive.order_totals import order_totals
from app_sf_responsive.shop_templates import SHOP
from app_sf_responsive.source_notice import source_notice
from app_sf_responsive.visitor import Customer
from iomconnector.model.order_history import OrderView

PLACES: Final = {place.value: place for place in PanelPlace}


@dataclass(frozen=True, slots=True)
class LineGroup:
    """Lines that one supplier delivers.

    Arguments:
        supplier: Who it is; empty where nobody is named, or several deliver one line.
        lines: The lines.
    """

    supplier: str
    lines: Sequence[OrderLine]


def line_groups(lines: Sequence[OrderLine]) -> list[LineGroup]:
    """The lines of an order by who delivers them; one group without a name where that is all the same."""
    by_supplier: dict[str, list[OrderLine]] = {}
    for line in lines:
        by_supplier.setdefault(" + ".join(line.suppliers), []).append(line)
    if len(by_supplier) < 2:
        return [LineGroup("", lines)]
    return [LineGroup(supplier, found) for supplier, found in by_supplier.items()]


async def order_page(view: OrderView, customer: Customer) -> HTMLResponse:
    """The page of an order, with the panels that other cartridges add.

    Arguments:
        view: The order; it must be one that the customer may see.
        customer: Who looks at it.
    """
    joined = await panels_of(view, customer)
    lines = order_lines(view)
    return await SHOP.page(
        customer,
        "order.html",
        view=view,
        order=view.order,
        notice=source_notice([view]),
        progress=progress(view),
        events=timeline(view),
        groups=line_groups(lines),
        followed=any(line.states for line in lines),
        totals=order_totals(view.order),
        panels=by_place(joined.given),
        missing=joined.missing,
        stylesheets=tuple(dict.fromkeys(sheet for panel in joined.given for sheet in panel.stylesheets)),
        now=customer.now,
    )


def by_place(panels: Sequence[Panel]) -> dict[str, list[Panel]]:
    """The panels of each place of the page."""
    return {name: [each for each in panels if each.place is place] for name, place in PLACES.items()}
