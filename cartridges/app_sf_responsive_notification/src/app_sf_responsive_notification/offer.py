"""What stands on the page of a product that is not available."""

from __future__ import annotations

from markupsafe import Markup

from app_sf_responsive.visitor import Customer, Visitor
from app_sf_responsive_notification.pages import PAGES
from iomconnector.model.availability import Availability
from iomconnector.model.mails import Mailbox
from iomconnector.model.products import CatalogProduct
from iomconnector.services.resolution import ServiceResolutionError


async def notify_me_offer(product: CatalogProduct, _told: Availability, visitor: Visitor) -> Markup | None:
    """The form; none where no mail could be sent."""
    if not await can_write(visitor):
        return None
    return PAGES.fragment(visitor.language, "notify_me.html", **form_values(visitor, product.sku))


def form_values(visitor: Visitor, sku: str, *, email: str = "", refused: bool = False) -> dict[str, object]:
    """What the form shows.

    Arguments:
        visitor: Who sees it.
        sku: The product.
        email: What was typed before.
        refused: Whether that was no e-mail address.
    """
    return {
        "path": visitor.path("notifications"),
        "sku": sku,
        "own": own_mailbox(visitor),
        "csrf_token": visitor.csrf_token if isinstance(visitor, Customer) else "",
        "email": email,
        "refused": refused,
    }


async def can_write(visitor: Visitor) -> bool:
    """Whether the channel has a mail service, and links in its mails would lead somewhere."""
    if visitor.application.settings.public_address is None:
        return False
    try:
        await visitor.application.mail_sender(visitor.channel.id)
    except ServiceResolutionError:
        return False
    return True


def own_mailbox(visitor: Visitor) -> Mailbox | None:
    """The registered address of somebody who is signed in; none of a guest, and where it is none."""
    if not isinstance(visitor, Customer):
        return None
    return mailbox_of(visitor.user.email)


def mailbox_of(text: str) -> Mailbox | None:
    """What somebody typed as an address, if mails can reach it over the internet."""
    try:
        mailbox = Mailbox(address=text.strip())
    except ValueError:
        return None
    return mailbox if "." in mailbox.address.rpartition("@")[2] else None
