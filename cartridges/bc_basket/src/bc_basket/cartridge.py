"""Baskets: the table, and what is done with those that were left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iomconnector.cartridges.descriptor import CartridgeDescriptor
from iomconnector.hooks import hookimpl
from iomconnector.storage.preparation import Preparer, SchemaPreparer

if TYPE_CHECKING:
    from iomconnector.application import Application
    from iomconnector.jobs.offered import BackgroundWork
    from iomconnector.ports.basket_repository import BasketRepository
    from iomconnector.ports.personal_records import PersonalRecords
    from iomconnector.storage.database import Database

descriptor = CartridgeDescriptor(display_name="Basket")


@hookimpl
def iomconnector_preparers() -> list[Preparer]:
    """The table."""
    return [SchemaPreparer("bc_basket:revisions")]


@hookimpl
def iomconnector_basket_repositories(database: Database) -> list[BasketRepository]:
    """The baskets of the table."""
    from bc_basket.baskets import SqlBasketRepository

    return [SqlBasketRepository(database)]


@hookimpl
def iomconnector_personal_records(database: Database) -> list[PersonalRecords]:
    """What is in the baskets of people."""
    from bc_basket.personal import BasketsOfPeople

    return [BasketsOfPeople(database)]


@hookimpl
def iomconnector_jobs(application: Application) -> list[BackgroundWork]:
    """Each minute orders of baskets are placed whose process died over it; each night old baskets are
    removed."""
    from bc_basket.sweeping import sweeps_of

    return sweeps_of(application)
