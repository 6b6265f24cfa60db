"""``iomconnector order``: place, look at, approve and export orders."""

from __future__ import annotations

import typer

from bc_order.approval_commands import approve, reject
from bc_order.export_commands import check, export, preview, retry
from bc_order.lookup_commands import list_orders, messages, show
from bc_order.place_command import place

app = typer.Typer(help="Place, approve, list and export orders.", no_args_is_help=True)
app.command("place")(place)
app.command("list")(list_orders)
app.command("show")(show)
app.command("messages")(messages)
app.command("approve")(approve)
app.command("reject")(reject)
app.command("export")(export)
app.command("retry")(retry)
app.command("preview")(preview)
app.command("check")(check)
