"""The guided demonstration, the sample orders and the long run with faults."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iomconnector.cartridges.descriptor import CartridgeDescriptor, CartridgeStyle
from iomconnector.cli.commands import Command
from iomconnector.hooks import hookimpl

if TYPE_CHECKING:
    import typer

descriptor = CartridgeDescriptor(display_name="Demonstration", style=CartridgeStyle.DEVELOPMENT)


def _demo() -> typer.Typer:
    from dev_demo_iomconnector.demo_command import app

    return app


def _sample_orders() -> typer.Typer:
    from dev_demo_iomconnector.sample_orders_command import app

    return app


def _soak() -> typer.Typer:
    from dev_demo_iomconnector.soak_command import app

    return app


@hookimpl
def iomconnector_commands() -> list[Command]:
    """``demo``, ``sample-orders`` and ``soak``."""
    return [
        Command("demo", "Place, break, export and compare several hundred orders.", _demo),
        Command("sample-orders", "Write varied sample orders as JSON Lines.", _sample_orders),
        Command("soak", "Place orders for minutes while one fault strikes after the other.", _soak),
    ]
