"""The face of the cartridge; what it offers is imported when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iomconnector.cartridges.descriptor import CartridgeDescriptor
from iomconnector.hooks import hookimpl

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from fastapi import APIRouter

    from iomconnector.cartridges.extensions import Extension
    from iomconnector.services.definition import ServiceDefinition

descriptor = CartridgeDescriptor(display_name="Carrier tracking")


@hookimpl
def iomconnector_service_definitions() -> Sequence[ServiceDefinition[Any]]:
    """Offer the addresses of carriers as a service that a channel may configure."""
    from app_sf_responsive_carriertracking.tracking_service import CARRIER_TRACKING

    return (CARRIER_TRACKING,)


@hookimpl
def iomconnector_extensions() -> Sequence[Extension]:
    """Show parcels on the page of an order."""
    from app_sf_responsive.extension_points import DETAILS_PANELS
    from app_sf_responsive_carriertracking.parcels_panel import parcels_panel
    from iomconnector.cartridges.extensions import Extension

    return (Extension(DETAILS_PANELS.name, parcels_panel, priority=50),)


@hookimpl
def iomconnector_routers() -> Sequence[APIRouter]:
    """The stylesheet of the panel."""
    from app_sf_responsive_carriertracking.assets import ASSETS

    return (ASSETS.router,)
