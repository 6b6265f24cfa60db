"""Where other cartridges join in the pages of the storefront.

What an extension gives is shown as it is: ``html`` is made by templates that escape what they are given, best
by :class:`app_sf_responsive.shop_templates.ShopTemplates`. An extension that raises, takes longer than
:data:`PATIENCE_SECONDS` or gives something else is left out of that page: the reader is told that a part is
missing, and the log names the cartridge and the point.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from markupsafe import Markup

from app_sf_responsive.visitor import Customer, Visitor
from iomconnector.cartridges.extensions import ExtensionPoint
from iomconnector.model.availability import Availability
from iomconnector.model.order_history import OrderView
from iomconnector.model.products import CatalogProduct

PATIENCE_SECONDS: Final = 5.0
"""How long a page waits for the extensions of a point, which run at the same time."""


class PanelPlace(StrEnum):
    """Where on the page of an order a panel stands."""

    TOP = "top"
    """Below the status, before the positions; over the whole width."""
    MAIN = "main"
    """Below the positions."""
    SIDE = "side"
    """Beside the positions, below the total; on narrow screens below everything."""


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the page of an order.

    Arguments:
        title: Its heading, in the language of the reader.
        html: What stands below the heading, without styles or scripts of its own.
        place: Where it stands.
        stylesheets: Addresses of stylesheets of this site that it needs.
    """

    title: str
    html: Markup
    place: PanelPlace = PanelPlace.MAIN
    stylesheets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OrderAction:
    """A link at an order of the history.

    Arguments:
        label: What it does, in the language of the reader.
        path: Where it leads.
        count: A number to show beside the label; none shows none.
    """

    label: str
    path: str
    count: int | None = None


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A page that the menu of My Account leads to.

    Arguments:
        label: Its name, in the language of the reader.
        path: Where it is.
        summary: A sentence for the overview.
    """

    label: str
    path: str
    summary: str = ""


class OrderDetailsPanels(Protocol):
    """Bind to ``OrderDetails.panels``."""

    async def __call__(self, view: OrderView, customer: Customer) -> Panel | None:
        """A panel for the page of an order; none where there is nothing to show."""


class OrderHistoryActions(Protocol):
    """Bind to ``OrderHistory.actions``."""

    async def __call__(
        self, orders: Sequence[OrderView], customer: Customer
    ) -> Mapping[int, Sequence[OrderAction]]:
        """Links for the orders of a page, by ``OrderView.order_id``; orders without any are left out."""


class MyAccountMenu(Protocol):
    """Bind to ``MyAccount.menu``."""

    async def __call__(self, customer: Customer) -> Sequence[MenuEntry]:
        """Pages of yours for the menu of My Account."""


class ProductDetailsUnavailable(Protocol):
    """Bind to ``ProductDetails.unavailable``."""

    async def __call__(self, product: CatalogProduct, told: Availability, visitor: Visitor) -> Markup | None:
        """What the page of a product offers in place of Add to Cart, where the product is not available; none
        where there is nothing to offer. The visitor is a :class:`~app_sf_responsive.visitor.Customer` where
        somebody is signed in."""


DETAILS_PANELS: Final = ExtensionPoint(
    "OrderDetails.panels",
    "Called once for the page of an order; gives a panel for it, or none.",
    OrderDetailsPanels,
)
HISTORY_ACTIONS: Final = ExtensionPoint(
    "OrderHistory.actions",
    "Called once for a page of the order history; gives links for its orders.",
    OrderHistoryActions,
)
ACCOUNT_MENU: Final = ExtensionPoint(
    "MyAccount.menu",
    "Called once for every page of My Account; gives entries for its menu.",
    MyAccountMenu,
)
PRODUCT_UNAVAILABLE: Final = ExtensionPoint(
    "ProductDetails.unavailable",
    "Called for the page of a product that is not available; gives what stands in place of Add to Cart.",
    ProductDetailsUnavailable,
)

EXTENSION_POINTS: Final = (DETAILS_PANELS, HISTORY_ACTIONS, ACCOUNT_MENU, PRODUCT_UNAVAILABLE)
