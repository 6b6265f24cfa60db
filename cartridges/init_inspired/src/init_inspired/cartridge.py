"""The sample organization inSPIRED with its two channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iomconnector.cartridges.descriptor import CartridgeDescriptor, CartridgeStyle
from iomconnector.hooks import hookimpl
from iomconnector.storage.preparation import Preparer

if TYPE_CHECKING:
    from iomconnector.application import Application

descriptor = CartridgeDescriptor(display_name="Init inSPIRED", style=CartridgeStyle.INIT)


@hookimpl
def iomconnector_preparers() -> list[Preparer]:
    """The contexts."""
    return [Preparer("organization and channels", _prepare_contexts)]


async def _prepare_contexts(application: Application) -> str:
    from init_inspired.contexts import CONTEXTS

    for context in CONTEXTS:
        await application.contexts.save(context)
    return ", ".join(context.id for context in CONTEXTS)
