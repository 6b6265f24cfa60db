"""The face of the cartridge; what it offers is imported when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iomconnector.cartridges.descriptor import CartridgeDescriptor
from iomconnector.hooks import hookimpl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi import APIRouter

    from iomconnector.cartridges.extensions import ExtensionPoint

descriptor = CartridgeDescriptor(display_name="Storefront")


@hookimpl
def iomconnector_routers() -> Sequence[APIRouter]:
    """The pages below ``/shop``."""
    from app_sf_responsive.routers import ROUTERS

    return ROUTERS


@hookimpl
def iomconnector_extension_points() -> Sequence[ExtensionPoint]:
    """Declare where other cartridges join in the pages of My Account."""
    from app_sf_responsive.extension_points import EXTENSION_POINTS

    return EXTENSION_POINTS
