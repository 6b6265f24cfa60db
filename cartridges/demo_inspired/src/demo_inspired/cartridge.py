"""Sample customers who can sign in at the storefronts of the sample organization."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iomconnector.cartridges.descriptor import CartridgeDescriptor, CartridgeStyle
from iomconnector.hooks import hookimpl
from iomconnector.storage.preparation import Preparer

if TYPE_CHECKING:
    from iomconnector.application import Application

descriptor = CartridgeDescriptor(display_name="Demo inSPIRED", style=CartridgeStyle.INIT)


@hookimpl
def iomconnector_preparers() -> list[Preparer]:
    """The users of the sample customers."""
    return [Preparer("sample customers", _prepare_customers)]


async def _prepare_customers(application: Application) -> str:
    from demo_inspired.customers import prepare_customers

    return await prepare_customers(application)
