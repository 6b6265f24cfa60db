"""Who looks at the storefront: anybody, or a customer who is signed in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import quote, urlencode

from fastapi import Request

from app_sf_responsive.languages import Language
from iomconnector.application import Application
from iomconnector.model.contexts import Context
from iomconnector.model.customer_users import CustomerUser, OrderOwner
from iomconnector.web.authentication import application_of

SHOP: Final = "/shop"


def shop_path(channel: str, *parts: str | int, **query: str) -> str:
    """The address of a page of a storefront; parameters that are empty are left out."""
    path = "/".join((SHOP, *(quote(str(each), safe="") for each in (channel, *parts))))
    given = {name: text for name, text in query.items() if text}
    return f"{path}?{urlencode(given)}" if given else path


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody who looks at the storefront of a channel.

    Arguments:
        request: What is asked.
        channel: Whose storefront it is.
        language: What the reader reads.
    """

    request: Request
    channel: Context
    language: Language

    @property
    def application(self) -> Application:
        """The system."""
        return application_of(self.request)

    @property
    def now(self) -> datetime:
        """The present moment."""
        return self.application.clock.now()

    def path(self, *parts: str | int, **query: str) -> str:
        """The address of a page of this storefront, as :func:`shop_path` makes it."""
        return shop_path(self.channel.id, *parts, **query)


@dataclass(frozen=True, slots=True)
class Customer(Visitor):
    """Somebody who is signed in at the storefront of a channel.

    Arguments:
        user: Who it is.
        csrf_token: What every form that changes something carries in the field ``csrf_token``.
    """

    user: CustomerUser
    csrf_token: str = field(repr=False)

    @property
    def owner(self) -> OrderOwner:
        """Whose orders they may see."""
        return OrderOwner.of(self.user)
