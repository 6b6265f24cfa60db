"""The extension points of the framework: everything that a cartridge can offer, on one page.

A cartridge implements what it needs in its ``cartridge`` module with :data:`hookimpl`; every function is
optional and returns a list. Implementations are called in the load order of the assembly.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    from fastapi import APIRouter

    from iomconnector.application import Application
    from iomconnector.cartridges.extensions import Extension, ExtensionPoint
    from iomconnector.cartridges.templates import CartridgeTemplate
    from iomconnector.cli.commands import Command
    from iomconnector.jobs.background import BackgroundService
    from iomconnector.jobs.offered import BackgroundWork
    from iomconnector.ports.basket_repository import BasketRepository
    from iomconnector.ports.clock import Clock
    from iomconnector.ports.local_stock import LocalStock
    from iomconnector.ports.personal_records import PersonalRecords
    from iomconnector.ports.product_catalog import ProductCatalog
    from iomconnector.services.definition import ServiceDefinition
    from iomconnector.storage.database import Database
    from iomconnector.storage.preparation import Preparer

PROJECT = "iomconnector"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def iomconnector_service_definitions() -> Sequence[ServiceDefinition[Any]]:
    """Offer managed services: adapters for the ports, with the configuration they need."""
    raise AssertionError


@hookspec
def iomconnector_extension_points() -> Sequence[ExtensionPoint]:
    """Declare extension points of your own, to which other cartridges may bind."""
    raise AssertionError


@hookspec
def iomconnector_extensions() -> Sequence[Extension]:
    """Bind to extension points that other cartridges declare."""
    raise AssertionError


@hookspec
def iomconnector_commands() -> Sequence[Command]:
    """Add commands to the command line."""
    raise AssertionError


@hookspec
def iomconnector_routers(application: Application) -> Sequence[APIRouter]:
    """Add routes to the web application."""
    raise AssertionError


@hookspec
def iomconnector_background_services(application: Application) -> Sequence[BackgroundService]:
    """Run in the background for as long as a process runs: each worker, or each process that serves."""
    raise AssertionError


@hookspec
def iomconnector_jobs(application: Application) -> Sequence[BackgroundWork]:
    """Do background jobs, and have things done at certain times: handlers and schedules."""
    raise AssertionError


@hookspec
def iomconnector_preparers() -> Sequence[Preparer]:
    """Prepare the database: tables of your own, contexts, service configurations, samples.

    ``dbprepare`` runs each step once, by phase (pre, main, post) and in load order; the name is what it
    remembers.
    """
    raise AssertionError


@hookspec
def iomconnector_local_stocks(database: Database, clock: Clock) -> Sequence[LocalStock]:
    """Tell what the shop itself knows of its stock, while an inventory service cannot be asked.

    The first one in the load order is asked.
    """
    raise AssertionError


@hookspec
def iomconnector_product_catalogs(database: Database, clock: Clock) -> Sequence[ProductCatalog]:
    """Tell what the shop sells.

    The first one in the load order is asked.
    """
    raise AssertionError


@hookspec
def iomconnector_basket_repositories(database: Database, clock: Clock) -> Sequence[BasketRepository]:
    """Keep the baskets of those who buy.

    The first one in the load order is used.
    """
    raise AssertionError


@hookspec
def iomconnector_personal_records(database: Database) -> Sequence[PersonalRecords]:
    """Show and erase what you keep of people in tables of your own."""
    raise AssertionError


@hookspec
def iomconnector_cartridge_templates() -> Sequence[CartridgeTemplate]:
    """Offer templates from which ``cartridge new`` writes cartridges."""
    raise AssertionError
