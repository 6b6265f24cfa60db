"""The face of the cartridge; what it offers is imported when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iomconnector.cartridges.descriptor import CartridgeDescriptor
from iomconnector.hooks import hookimpl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi import APIRouter

    from iomconnector.cartridges.extensions import Extension

descriptor = CartridgeDescriptor(display_name="Product Notification in the storefront")


@hookimpl
def iomconnector_extensions() -> Sequence[Extension]:
    """Offer it where a product is not available."""
    from app_sf_responsive.extension_points import PRODUCT_UNAVAILABLE
    from app_sf_responsive_notification.offer import notify_me_offer
    from iomconnector.cartridges.extensions import Extension

    return (Extension(PRODUCT_UNAVAILABLE.name, notify_me_offer),)


@hookimpl
def iomconnector_routers() -> Sequence[APIRouter]:
    """Where the form leads, and the pages that links in mails lead to."""
    from app_sf_responsive_notification import asking_views, mail_link_views

    return (asking_views.router, mail_link_views.router)
