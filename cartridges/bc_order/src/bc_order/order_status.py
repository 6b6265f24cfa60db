"""Orders as the web interface shows them: their number and where their export stands."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import AwareDatetime, BaseModel

from iomconnector.model.export_filters import ExportFilter, ExportOrder, ExportSummary
from iomconnector.model.exports import ExportState
from iomconnector.ports.export_queries import ExportQueries


class OrderStatus(BaseModel):
    """An order's number and where its export stands.

    Arguments:
        number: The order document number.
        channel: Its channel.
        state: ``waiting for approval``, ``due``, ``sending``, ``exported``, ``parked``, ``rejected`` or
            ``given up``.
        reason: Why it waits or is parked.
        reference: Where it stands in the order management system.
        attempts: How often sending was started.
        placed_at: When its export was asked for.
        exported_at: When it was known to be there.
    """

    number: str
    channel: str
    state: ExportState
    reason: str | None
    reference: str | None
    attempts: int
    placed_at: AwareDatetime
    exported_at: AwareDatetime | None


class OrderPage(BaseModel):
    """Some orders, in the order in which they were placed.

    Arguments:
        orders: The orders.
        next: What to give as ``after`` to get the next page; none where this is the last.
    """

    orders: list[OrderStatus]
    next: int | None


def status_of(summary: ExportSummary) -> OrderStatus:
    """An order as the web interface shows it."""
    request = summary.request
    return OrderStatus(
        number=request.number,
        channel=request.channel,
        state=request.state,
        reason=request.reason,
        reference=request.reference,
        attempts=request.attempts,
        placed_at=request.requested_at,
        exported_at=request.exported_at,
    )


async def page_of(
    queries: ExportQueries,
    channels: Sequence[str],
    *,
    states: Sequence[ExportState],
    after: int,
    limit: int,
) -> OrderPage:
    """One page of the orders of several channels; an order that cannot be read hides no other.

    Arguments:
        queries: Finds exports.
        channels: The channels.
        states: Only these states; all where empty.
        after: The key behind which the page begins.
        limit: How many orders it has at most.
    """
    if not channels:
        return OrderPage(orders=[], next=None)
    wanted = ExportFilter(states=tuple(states), channels=tuple(channels))
    page = await queries.page(wanted, order=ExportOrder.OLDEST, after=str(after), limit=limit)
    return OrderPage(
        orders=[status_of(each) for each in page.rows],
        next=None if page.next is None else page.rows[-1].request.order_id,
    )
