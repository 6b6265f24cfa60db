"""The sessions of users with an account at the storefront of a channel, as their browsers show them.

A session of the back office is none here, and the other way round: they have cookies and tables of their own.
"""

from __future__ import annotations

import hashlib
from typing import Final

from fastapi import Request, Response

from iomconnector.usecases.customer_sign_in import CustomerSession
from iomconnector.web.authentication import application_of
from iomconnector.web.security_headers import SIGNED_IN
from iomconnector.web.session_cookies import clear_cookie, cookie_name, keep_cookie

CUSTOMER_COOKIE: Final = "iomconnector_customer"


def customer_cookie(channel: str) -> str:
    """The name of the cookie of a channel's storefront: whoever signs in at two storefronts of one host stays
    signed in at both."""
    return f"{CUSTOMER_COOKIE}_{hashlib.sha256(channel.encode('utf-8', 'replace')).hexdigest()[:12]}"


def customer_token(request: Request, channel: str) -> str:
    """The token of the session that the browser shows at a storefront; empty where it shows none."""
    return request.cookies.get(cookie_name(request, customer_cookie(channel)), "")


async def customer_if_any(request: Request, channel: str) -> CustomerSession | None:
    """The session of the browser at the storefront of a channel, or none. It proves nothing for a request
    that changes something."""
    session = await application_of(request).customer_sign_in.recognize(
        channel, customer_token(request, channel)
    )
    if session is not None:
        setattr(request.state, SIGNED_IN, True)
    return session


def set_customer_cookie(response: Response, request: Request, session: CustomerSession) -> None:
    """Let the browser keep a session until it is closed."""
    keep_cookie(response, request, customer_cookie(session.user.channel), session.token)


def clear_customer_cookie(response: Response, request: Request, channel: str) -> None:
    """Let the browser forget its session at a storefront."""
    clear_cookie(response, request, customer_cookie(channel))
