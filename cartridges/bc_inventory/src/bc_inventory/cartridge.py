"""The shop's own stock: a service that sells from it, tables, commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iomconnector.cartridges.descriptor import CartridgeDescriptor
from iomconnector.cli.commands import Command
from iomconnector.hooks import hookimpl
from iomconnector.storage.preparation import Preparer, SchemaPreparer

if TYPE_CHECKING:
    import typer

    from iomconnector.application import Application
    from iomconnector.jobs.offered import BackgroundWork
    from iomconnector.ports.clock import Clock
    from iomconnector.ports.local_stock import LocalStock
    from iomconnector.services.definition import ServiceDefinition
    from iomconnector.storage.database import Database

descriptor = CartridgeDescriptor(display_name="Inventory")


def _stock_commands() -> typer.Typer:
    from bc_inventory.stock_commands import app

    return app


@hookimpl
def iomconnector_service_definitions() -> list[ServiceDefinition[Any]]:
    """``simple-inventory``."""
    from bc_inventory.service_definition import SERVICE

    return [SERVICE]


@hookimpl
def iomconnector_preparers() -> list[Preparer]:
    """The tables."""
    return [SchemaPreparer("bc_inventory:revisions")]


@hookimpl
def iomconnector_commands() -> list[Command]:
    """``stock``."""
    return [Command("stock", "Show, import and adjust the shop's own stock.", _stock_commands)]


@hookimpl
def iomconnector_local_stocks(database: Database, clock: Clock) -> list[LocalStock]:
    """The stock of the tables, whether a service sells from it or not."""
    from bc_inventory.stock_levels import StockLevels

    return [StockLevels(database, clock)]


@hookimpl
def iomconnector_jobs(application: Application) -> list[BackgroundWork]:
    """Once an hour reservations whose time is over are put aside, and old ones removed."""
    from bc_inventory.sweeping import sweep_of

    return [sweep_of(application)]
