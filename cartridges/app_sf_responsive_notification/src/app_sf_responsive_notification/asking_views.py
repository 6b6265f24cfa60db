"""Asking to be told when a product is available."""

from __future__ import annotations

from typing import Annotated

import structlog
from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse
from starlette.background import BackgroundTask

from app_sf_responsive.error_pages import PageRoute
from app_sf_responsive.recognition import AnyVisitor
from app_sf_responsive.visitor import SHOP, Customer, Visitor
from app_sf_responsive_notification.offer import can_write, form_values, mailbox_of, own_mailbox
from app_sf_responsive_notification.pages import PAGES
from bc_product_notification.notify_me import TooManyWishesError
from bc_product_notification.parts import notify_me, notify_shoppers
from bc_product_notification.subscriptions import Wish
from iomconnector.application import Application
from iomconnector.errors import ConnectorError, NotFoundError
from iomconnector.usecases.sign_in_keys import address_of
from iomconnector.web.csrf import CsrfError, check_csrf, from_this_site
from iomconnector.web.sessions import client_of

router = APIRouter(prefix=SHOP, route_class=PageRoute, include_in_schema=False)
log = structlog.get_logger(__name__)


@router.post("/{channel}/notifications")
async def ask(
    visitor: AnyVisitor, sku: Annotated[str, Form()] = "", email: Annotated[str, Form()] = ""
) -> Response:
    """Keep what is asked for, and lead to the page that says what happens next."""
    await _from_our_page(visitor)
    if not await can_write(visitor):
        raise NotFoundError("Nobody is notified in this shop.")
    own = own_mailbox(visitor)
    mailbox = own or mailbox_of(email)
    if mailbox is None:
        values = form_values(visitor, sku, email=email, refused=True)
        return await PAGES.page(visitor, "ask_again.html", status=422, in_account=False, **values)
    wish = Wish(
        channel=visitor.channel.id,
        sku=sku,
        mailbox=mailbox,
        language=visitor.language.code,
        client=address_of(client_of(visitor.request)),
        login=visitor.user.login if own is not None and isinstance(visitor, Customer) else None,
    )
    application = visitor.application
    try:
        received = await notify_me(application).ask(wish)
    except TooManyWishesError:
        return await PAGES.page(visitor, "too_many.html", status=429, in_account=False)
    log.info(
        "a notification was asked for", channel=wish.channel, sku=sku, reception=received.reception.value
    )
    task = BackgroundTask(_send, application, received.mail) if received.mail is not None else None
    where = visitor.path("notifications", sku=sku)
    return RedirectResponse(where, status_code=303, background=task)


@router.get("/{channel}/notifications")
async def asked(visitor: AnyVisitor, sku: str = "") -> Response:
    """What happens next: the same for every address."""
    known = await visitor.application.catalog.products(visitor.channel.id, [sku])
    return await PAGES.page(
        visitor,
        "asked.html",
        in_account=False,
        own=own_mailbox(visitor),
        product=known.get(sku),
        product_path=visitor.path("products", sku) if sku in known else visitor.path("products"),
    )


async def _from_our_page(visitor: Visitor) -> None:
    if isinstance(visitor, Customer):
        await check_csrf(visitor.request, visitor.csrf_token)
    elif not from_this_site(visitor.request):
        raise CsrfError("The form comes from another site. Nothing was changed.")


async def _send(application: Application, key: int) -> None:
    """Send the mail that asks to confirm, after the page was answered; what fails is sent by the schedule."""
    notify = notify_shoppers(application)
    try:
        if notify is not None:
            await notify.confirmation(key)
    except ConnectorError as error:
        log.warning("a mail is left to the schedule", subscription=key, reason=error.message)
