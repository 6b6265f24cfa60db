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

descriptor = CartridgeDescriptor(display_name="IOM Connector in the storefront")


@hookimpl
def iomconnector_service_definitions() -> Sequence[ServiceDefinition[Any]]:
    """Offer which notes customers may read as a service that a channel may configure."""
    from as_iomconnector.customer_notes import CUSTOMER_NOTES

    return (CUSTOMER_NOTES,)


@hookimpl
def iomconnector_extensions() -> Sequence[Extension]:
    """Show payment, documents and notes on the page of an order, and documents in the history."""
    from app_sf_responsive.extension_points import DETAILS_PANELS, HISTORY_ACTIONS
    from as_iomconnector.documents_panel import documents_actions, documents_panel
    from as_iomconnector.notes_panel import notes_panel
    from as_iomconnector.payment_panel import payment_panel
    from iomconnector.cartridges.extensions import Extension

    return (
        Extension(DETAILS_PANELS.name, payment_panel, priority=50),
        Extension(DETAILS_PANELS.name, documents_panel, priority=60),
        Extension(DETAILS_PANELS.name, notes_panel, priority=70),
        Extension(HISTORY_ACTIONS.name, documents_actions),
    )


@hookimpl
def iomconnector_routers() -> Sequence[APIRouter]:
    """The documents of an order, and the stylesheet of the panels."""
    from as_iomconnector.assets import ASSETS
    from as_iomconnector.documents_views import router

    return (router, ASSETS.router)
