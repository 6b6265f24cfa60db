"""``iomconnector sample-orders``."""

from typing import Annotated

import typer

from dev_demo_iomconnector.sample_orders import sample_orders
from iomconnector.model.order_documents import dump_order

app = typer.Typer()


@app.command("sample-orders")
def write_sample_orders(
    count: Annotated[int, typer.Option(min=1, help="How many.")] = 10,
    seed: Annotated[int, typer.Option(help="The same seed gives the same orders.")] = 1,
    first: Annotated[int, typer.Option(min=0, help="The number of the first one.")] = 20260001,
) -> None:
    """Write sample orders to standard output, one a line, as `iomconnector order place -` reads them."""
    for order in sample_orders(count, seed=seed, first_number=first):
        typer.echo(dump_order(order))
