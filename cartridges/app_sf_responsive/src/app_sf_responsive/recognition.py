"""Who asks for a page of the storefront, and what they read."""

from __future__ import annotations

from typing import Annotated, Final
from zoneinfo import ZoneInfo

from fastapi import Depends, Request, Response

from app_sf_responsive.languages import DEFAULT, Language, accepted, offered
from app_sf_responsive.visitor import Customer, Visitor
from iomconnector.errors import ConnectorError, NotFoundError
from iomconnector.model.contexts import Context, ContextKind
from iomconnector.web.authentication import application_of
from iomconnector.web.csrf import SAFE_METHODS, check_csrf
from iomconnector.web.customer_sessions import customer_if_any

LANGUAGE_COOKIE: Final = "iomconnector_language"
A_YEAR: Final = 31_536_000


class SignInAtShopNeeded(ConnectorError):  # noqa: N818 - as SignInNeeded, it says what to do
    """Nobody is signed in at this storefront: the reader is led to the page to sign in.

    Arguments:
        location: The address of that page, which leads back.
    """

    code = "shop.sign_in_needed"

    def __init__(self, location: str) -> None:
        super().__init__("You are not signed in at this shop.", hint="Sign in, then try again.")
        self.location = location


def language_of(request: Request, preferred: str = "") -> Language:
    """The language of a reader: the chosen one, else the preferred one, else what the browser asks for.

    Arguments:
        request: What the browser asks.
        preferred: That of the user; empty where nobody is signed in, or none was chosen.
    """
    code = (
        offered(request.cookies.get(LANGUAGE_COOKIE))
        or offered(preferred)
        or accepted(request.headers.get("accept-language", ""))
        or DEFAULT
    )
    return Language(code, ZoneInfo(application_of(request).settings.storefront_time_zone))


def keep_language(response: Response, request: Request, code: str) -> None:
    """Let the browser keep the chosen language."""
    response.set_cookie(
        LANGUAGE_COOKIE,
        code,
        max_age=A_YEAR,
        path="/",
        samesite="lax",
        httponly=True,
        secure=request.url.scheme == "https",
    )


async def channel_of(request: Request, channel: str) -> Context:
    """The channel whose storefront is asked for.

    Raises:
        NotFoundError: There is none.
    """
    found, *_ = await application_of(request).contexts.path_to(channel)
    if found.kind is not ContextKind.CHANNEL:
        raise NotFoundError("There is no such shop.")
    return found


async def visitor_of(request: Request, channel: str) -> Visitor:
    """Who looks at the storefront of a channel: a customer who is signed in there, or anybody.

    Raises:
        NotFoundError: There is no such channel.
    """
    context = await channel_of(request, channel)
    session = await customer_if_any(request, channel)
    if session is None:
        return Visitor(request, context, language_of(request))
    language = language_of(request, session.user.language)
    return Customer(request, context, language, session.user, session.csrf_token)


async def customer_of(request: Request, channel: str) -> Customer:
    """The customer who is signed in at the storefront of a channel; for a request that changes something,
    with the proof that it comes from a page of ours.

    Raises:
        NotFoundError: There is no such channel.
        SignInAtShopNeeded: Nobody is signed in there.
        CsrfError: The request changes something and does not carry the token of the session.
    """
    visitor = await visitor_of(request, channel)
    if not isinstance(visitor, Customer):
        raise SignInAtShopNeeded(visitor.path("sign-in", next=_back(request)))
    await check_csrf(request, visitor.csrf_token)
    return visitor


def _back(request: Request) -> str:
    if request.method not in SAFE_METHODS:
        return ""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


async def visitor_if_possible(request: Request) -> Visitor | None:
    """Who looks at the storefront that an address names; none where it names none that can be found, whatever
    keeps it from being found: a page that tells of trouble asks for it."""
    if "channel" not in request.path_params:
        return None
    try:
        return await visitor_of(request, request.path_params["channel"])
    except Exception:
        return None


AnyVisitor = Annotated[Visitor, Depends(visitor_of)]
"""Anybody, signed in or not; the address names the channel."""

SignedIn = Annotated[Customer, Depends(customer_of)]
"""A customer who is signed in at the channel of the address; others are led to the page to sign in."""
