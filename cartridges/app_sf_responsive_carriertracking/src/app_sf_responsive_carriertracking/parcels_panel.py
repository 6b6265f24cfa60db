"""The panel that shows the parcels of an order."""

from __future__ import annotations

from dataclasses import dataclass

from app_sf_responsive.extension_points import Panel, PanelPlace
from app_sf_responsive.shop_templates import ShopTemplates
from app_sf_responsive.visitor import Customer
from app_sf_responsive_carriertracking.assets import ASSETS
from app_sf_responsive_carriertracking.parcels import Parcel, parcels
from app_sf_responsive_carriertracking.tracking_service import carrier_tracking
from iomconnector.model.order_history import OrderView

PAGES = ShopTemplates("app_sf_responsive_carriertracking")


@dataclass(frozen=True, slots=True)
class FollowedParcel:
    """A parcel, and where it can be followed.

    Arguments:
        parcel: The parcel.
        link: The address of the carrier's page; none where there is no link.
    """

    parcel: Parcel
    link: str | None


async def parcels_panel(view: OrderView, customer: Customer) -> Panel | None:
    """The parcels of an order; none where nothing was sent yet."""
    found = parcels(view.state.positions) if view.state else ()
    if not found:
        return None
    carriers = await carrier_tracking(customer.application, customer.channel.id)
    followed = [
        FollowedParcel(each, carriers.link(each.carrier, each.tracking_number, each.url)) for each in found
    ]
    language = customer.language
    html = PAGES.fragment(language, "parcels.html", parcels=followed)
    return Panel(PAGES.text(language, "Parcels"), html, PanelPlace.MAIN, (ASSETS.path("parcels.css"),))
