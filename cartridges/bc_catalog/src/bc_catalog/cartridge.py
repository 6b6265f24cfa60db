"""The products of the shop: table, catalogue, commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iomconnector.cartridges.descriptor import CartridgeDescriptor
from iomconnector.cli.commands import Command
from iomconnector.hooks import hookimpl
from iomconnector.storage.preparation import Preparer, SchemaPreparer

if TYPE_CHECKING:
    import typer

    from iomconnector.ports.product_catalog import ProductCatalog
    from iomconnector.storage.database import Database

descriptor = CartridgeDescriptor(display_name="Catalog")


def _product_commands() -> typer.Typer:
    from bc_catalog.product_commands import app

    return app


@hookimpl
def iomconnector_preparers() -> list[Preparer]:
    """The table."""
    return [SchemaPreparer("bc_catalog:revisions")]


@hookimpl
def iomconnector_commands() -> list[Command]:
    """``product``."""
    return [Command("product", "Show and import what the shop sells.", _product_commands)]


@hookimpl
def iomconnector_product_catalogs(database: Database) -> list[ProductCatalog]:
    """What the table says."""
    from bc_catalog.catalog import Catalog

    return [Catalog(database)]
