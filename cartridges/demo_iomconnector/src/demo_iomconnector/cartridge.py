"""The IOM services of the sample organization, set up for an IOM on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iomconnector.cartridges.descriptor import CartridgeDescriptor, CartridgeStyle
from iomconnector.hooks import hookimpl
from iomconnector.storage.preparation import Preparer

if TYPE_CHECKING:
    from iomconnector.application import Application

descriptor = CartridgeDescriptor(display_name="Demo IOM Connector", style=CartridgeStyle.INIT)


@hookimpl
def iomconnector_preparers() -> list[Preparer]:
    """The service configurations."""
    return [
        Preparer("IOM services", _prepare_services),
        Preparer("IOM order history services", _prepare_history_services),
        Preparer("IOM inventory services", _prepare_inventory_services),
    ]


async def _prepare_services(application: Application) -> str:
    from demo_iomconnector.services import prepare_services

    return await prepare_services(application)


async def _prepare_history_services(application: Application) -> str:
    from demo_iomconnector.services import prepare_history_services

    return await prepare_history_services(application)


async def _prepare_inventory_services(application: Application) -> str:
    from demo_iomconnector.services import prepare_inventory_services

    return await prepare_inventory_services(application)
