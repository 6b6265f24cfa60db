"""Arguments and options that several order commands take."""

from typing import Annotated

import typer

LARGEST_KEY = 2**63 - 1
"""The largest key that an order can have in the database."""

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="The order's number.")]
Channel = Annotated[
    str | None, typer.Option(help="The order's channel; needed where several have an order of that number.")
]
