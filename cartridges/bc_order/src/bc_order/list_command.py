"""``iomconnector order list``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Annotated

import typer

from bc_order.export_filter_options import takes_filter
from bc_order.facts import order_facts, total_of
from bc_order.order_table import print_orders
from iomconnector.application import Application
from iomconnector.cli.invocation import invocation_of
from iomconnector.cli.terminal import Format, FormatOption, print_json
from iomconnector.model.export_filters import ExportFilter, ExportOrder, ExportSummary, PageMarkError
from iomconnector.model.exports import ExportState
from iomconnector.ports.export_queries import ExportPage, UnreadableOrder
from iomconnector.ports.order_repository import StoredOrder

Found = Mapping[int, StoredOrder | UnreadableOrder]


@takes_filter(reason_is_free=True)
def list_orders(
    context: typer.Context,
    wanted: ExportFilter,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many.")] = 50,
    after: Annotated[
        str | None, typer.Option(help="Go on behind this mark, which the page before names.")
    ] = None,
    order: Annotated[
        ExportOrder, typer.Option("--order", help="Oldest first, newest first, or what is due by its time.")
    ] = ExportOrder.OLDEST,
    output: FormatOption = Format.TABLE,
) -> None:
    """Show orders and where their export stands, in the order in which they were placed."""

    async def work(application: Application) -> tuple[ExportPage, Found, Mapping[ExportState, int]]:
        for channel in wanted.channels:
            await application.contexts.path_to(channel)
        page = await application.export_queries.page(wanted, order=order, after=after, limit=limit)
        found = await application.export_queries.orders([each.request.order_id for each in page.rows])
        counts: Counter[ExportState] = Counter()
        for (_, state), count in (await application.export_queries.counts()).items():
            counts[state] += count
        return page, found, {state: counts[state] for state in ExportState}

    try:
        page, found, counts = invocation_of(context).run(work)
    except PageMarkError as error:
        raise typer.BadParameter(str(error), param_hint="--after") from None
    if output is Format.JSON:
        following = int(page.next) if page.next and page.next.isdecimal() else page.next
        print_json(
            {
                "counts": {key.value: count for key, count in counts.items()},
                "orders": [order_facts(each, found.get(each.request.order_id)) for each in page.rows],
                "next": following,
            }
        )
        return
    _print_page(page, found, counts)
    if page.next is not None:
        typer.echo(f"There are more: --after {page.next}", err=True)


def _print_page(page: ExportPage, found: Found, counts: Mapping[ExportState, int]) -> None:
    summary = ", ".join(f"{count} {key.value}" for key, count in counts.items() if count)
    title = f"In all channels: {summary}." if summary else "There are no orders."
    if not page.rows:
        typer.echo(title)
        return
    rows = [
        (
            (
                str(each.request.order_id),
                each.request.number,
                each.request.channel,
                total_of(found.get(each.request.order_id)),
                each.request.state.value,
            ),
            _detail(each, found.get(each.request.order_id)),
        )
        for each in page.rows
    ]
    print_orders(title, ("Key", "Order", "Channel", "Total", "Export"), rows, "Reason")


def _detail(summary: ExportSummary, order: StoredOrder | UnreadableOrder | None) -> str:
    """Why it waits; and what is wrong with an order that cannot be read, where that is not told already."""
    reason = summary.request.reason or ""
    if isinstance(order, UnreadableOrder) and order.problem not in reason:
        return f"{order.problem} {reason}".strip()
    return reason
