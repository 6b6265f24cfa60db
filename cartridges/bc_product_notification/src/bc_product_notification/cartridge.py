"""Telling shoppers by mail when a product can be bought again: tables, schedules, commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iomconnector.cartridges.descriptor import CartridgeDescriptor
from iomconnector.cli.commands import Command
from iomconnector.hooks import hookimpl
from iomconnector.storage.preparation import Preparer, SchemaPreparer

if TYPE_CHECKING:
    import typer

    from iomconnector.application import Application
    from iomconnector.jobs.offered import BackgroundWork
    from iomconnector.ports.personal_records import PersonalRecords
    from iomconnector.storage.database import Database

descriptor = CartridgeDescriptor(display_name="Product Notification")


def _notification_commands() -> typer.Typer:
    from bc_product_notification.notification_commands import app

    return app


@hookimpl
def iomconnector_preparers() -> list[Preparer]:
    """The tables."""
    return [SchemaPreparer("bc_product_notification:revisions")]


@hookimpl
def iomconnector_commands() -> list[Command]:
    """``notification``."""
    text = "Show and end what shoppers want to be told about products."
    return [Command("notification", text, _notification_commands)]


@hookimpl
def iomconnector_jobs(application: Application) -> list[BackgroundWork]:
    """Looks for products that are available again, sends mails, removes what is old."""
    from bc_product_notification.schedules import schedules_of

    return [*schedules_of(application)]


@hookimpl
def iomconnector_personal_records(database: Database) -> list[PersonalRecords]:
    """What is stored of those who subscribed."""
    from bc_product_notification.personal import SubscribersData

    return [SubscribersData(database)]
