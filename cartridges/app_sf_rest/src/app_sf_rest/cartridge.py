"""The face of the cartridge; what it offers is imported when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iomconnector.cartridges.descriptor import CartridgeDescriptor
from iomconnector.hooks import hookimpl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi import APIRouter

descriptor = CartridgeDescriptor(display_name="Storefront REST")


@hookimpl
def iomconnector_routers() -> Sequence[APIRouter]:
    """The resources below ``/INTERSHOP/rest/WFS``."""
    from app_sf_rest.routers import ROUTERS

    return ROUTERS
