"""Where the links in mails lead. Opening one changes nothing: that takes the button."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from app_sf_responsive.error_pages import PageRoute
from app_sf_responsive.recognition import AnyVisitor
from app_sf_responsive.visitor import SHOP, Visitor
from app_sf_responsive_notification.pages import PAGES
from bc_product_notification.parts import notify_me
from bc_product_notification.subscriptions import Subscription, SubscriptionState
from iomconnector.errors import NotFoundError
from iomconnector.web.security_headers import PAGE_HEADERS
from iomconnector.web.sessions import visit_checked, visit_of

TOKEN: Final = re.compile(r"[\w-]{43}", re.ASCII)
ONE_CLICK: Final = "One-Click"
CONFIRMED: Final = (SubscriptionState.WAITING, SubscriptionState.SENDING)

router = APIRouter(prefix=SHOP, route_class=PageRoute, include_in_schema=False)


@router.get("/{channel}/notifications/{token}/confirm")
async def confirm_form(visitor: AnyVisitor, token: str) -> Response:
    """Ask whether it is meant."""
    found = await _found(visitor, token)
    if found is None:
        return await _gone(visitor)
    if found.state is SubscriptionState.UNCONFIRMED:
        return await _form(visitor, "confirm.html", token, found)
    return await _confirmed(visitor, found)


@router.post("/{channel}/notifications/{token}/confirm")
async def confirm(visitor: AnyVisitor, token: str) -> Response:
    """It is meant."""
    await visit_checked(visitor.request)
    if await _found(visitor, token) is None:
        return await _gone(visitor)
    return await _confirmed(visitor, await notify_me(visitor.application).confirm(token))


@router.get("/{channel}/notifications/{token}/unsubscribe")
async def unsubscribe_form(visitor: AnyVisitor, token: str) -> Response:
    """Ask what is to end."""
    found = await _found(visitor, token)
    return await _gone(visitor) if found is None else await _form(visitor, "unsubscribe.html", token, found)


@router.post("/{channel}/notifications/{token}/unsubscribe")
async def unsubscribe(visitor: AnyVisitor, token: str, everything: Annotated[str, Form()] = "") -> Response:
    """End it, or all of the address."""
    await visit_checked(visitor.request)
    if await _found(visitor, token) is None:
        return await _gone(visitor)
    await notify_me(visitor.application).unsubscribe(token, everything=bool(everything))
    return await PAGES.page(visitor, "unsubscribed.html", in_account=False, everything=bool(everything))


@router.get("/{channel}/notifications/{token}/one-click")
async def one_click_page(visitor: AnyVisitor, token: str) -> Response:
    """For mail programs that open the address as a page."""
    return RedirectResponse(visitor.path("notifications", token, "unsubscribe"), status_code=303)


@router.post("/{channel}/notifications/{token}/one-click")
async def one_click(
    visitor: AnyVisitor, token: str, asked: Annotated[str, Form(alias="List-Unsubscribe")] = ""
) -> Response:
    """End all of the address, as mail programs ask for it: without session, cookie or page. [RFC 8058]"""
    if asked != ONE_CLICK:
        return RedirectResponse(visitor.path("notifications", token, "unsubscribe"), status_code=303)
    if await _found(visitor, token) is not None:
        await notify_me(visitor.application).unsubscribe(token, everything=True)
    return Response(status_code=200, headers=PAGE_HEADERS)


async def _found(visitor: Visitor, token: str) -> Subscription | None:
    """The subscription of a token; none where there is none in this shop."""
    if not TOKEN.fullmatch(token):
        return None
    try:
        found = await notify_me(visitor.application).of_token(token)
    except NotFoundError:
        return None
    return found if found.channel == visitor.channel.id else None


async def _form(visitor: Visitor, template: str, token: str, found: Subscription) -> Response:
    visit = visit_of(visitor.request)
    path = visitor.path("notifications", token, template.removesuffix(".html"))
    values = {"action": path, "csrf_token": visit.csrf_token, **await _about(visitor, found)}
    page = await PAGES.page(visitor, template, in_account=False, **values)
    visit.keep(page, visitor.request)
    return page


async def _confirmed(visitor: Visitor, found: Subscription) -> Response:
    over = found.state not in CONFIRMED
    return await PAGES.page(
        visitor, "confirmed.html", in_account=False, over=over, **await _about(visitor, found)
    )


async def _about(visitor: Visitor, found: Subscription) -> dict[str, Any]:
    known = await visitor.application.catalog.products(found.channel, [found.sku])
    product = known.get(found.sku)
    return {
        "product_name": product.name(visitor.language.code) if product else found.sku,
        "product_path": visitor.path("products", found.sku) if product else visitor.path("products"),
    }


async def _gone(visitor: Visitor) -> Response:
    return await PAGES.page(visitor, "gone.html", status=404, in_account=False)
