"""Who calls a resource, from which site, and in which language. [storefront-clients 1.1]"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import unquote

from fastapi import Depends, Header, Path, Request

from app_sf_rest.rest_route import TokenRefusedError
from iomconnector.application import Application
from iomconnector.errors import NotFoundError
from iomconnector.model.contexts import ContextKind
from iomconnector.model.customer_users import CustomerUser
from iomconnector.web.authentication import CurrentApplication, UnauthorizedError
from iomconnector.web.security_headers import SIGNED_IN

SITE_SUFFIX: Final = "-Site"
"""A channel's site is called like the channel, with this behind it. [KB B29919, 28K198]"""
ANONYMOUS: Final = "anonymous."
"""What tokens of visitors begin with; nobody is recognized by them."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where a resource was called.

    Arguments:
        name: The site as the address has it.
        channel: The channel.
        language: From ``loc``, two letters.
    """

    name: str
    channel: str
    language: str


@dataclass(frozen=True, slots=True)
class Shopper:
    """A registered user who calls.

    Arguments:
        site: Where.
        user: Who.
    """

    site: Site
    user: CustomerUser


async def site_of(
    request: Request,
    site: Annotated[str, Path(description="`<channel>-Site`, or the channel.")],
    application: Annotated[str, Path(description="`-`, with `;loc=en_US;cur=USD` behind it if wanted.")],
) -> Site:
    """The site of the address.

    Raises:
        NotFoundError: There is no such site.
    """
    system: Application = request.app.state.application
    name = unquote(site)
    channels = [each.id for each in await system.contexts.all() if each.kind is ContextKind.CHANNEL]
    channel = name if name in channels else name.removesuffix(SITE_SUFFIX)
    if channel not in channels:
        raise NotFoundError(f"There is no site {name}.", site=name)
    return Site(name, channel, _language(application))


def _language(application: str) -> str:
    for parameter in application.split(";")[1:]:
        name, _, value = parameter.partition("=")
        if name == "loc" and value[:2].isalpha():
            return value[:2].lower()
    return "en"


CurrentSite = Annotated[Site, Depends(site_of)]


async def shopper_of(
    request: Request,
    site: CurrentSite,
    system: CurrentApplication,
    token: Annotated[str | None, Header(alias="authentication-token")] = None,
) -> Shopper:
    """The registered user whose token the request carries.

    Raises:
        UnauthorizedError: There is no token, or that of a visitor.
        TokenRefusedError: The token is not known at this site, or is over.
    """
    if not token or token.startswith(ANONYMOUS):
        raise UnauthorizedError("Please sign in: this is for registered users.")
    user = await system.customer_tokens.recognize(site.channel, token)
    if user is None:
        raise TokenRefusedError("The token is not known, or it is over.")
    setattr(request.state, SIGNED_IN, True)
    return Shopper(site, user)


CurrentShopper = Annotated[Shopper, Depends(shopper_of)]
