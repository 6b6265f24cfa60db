"""The IOM service types of the assembly, enabled for the organizations that there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iomconnector.cartridges.descriptor import CartridgeDescriptor, CartridgeStyle
from iomconnector.hooks import hookimpl
from iomconnector.storage.preparation import Preparer

if TYPE_CHECKING:
    from iomconnector.application import Application

descriptor = CartridgeDescriptor(display_name="Init IOM Connector", style=CartridgeStyle.INIT)


@hookimpl
def iomconnector_preparers() -> list[Preparer]:
    """The enabled service types."""
    return [Preparer("IOM service types", _enable_types)]


async def _enable_types(application: Application) -> str:
    from init_iomconnector.service_types import enable_types

    return await enable_types(application)
