"""Who calls the web application from a browser: people with a session.

A page that needs a session asks for it, and gets nothing but signed-in people::

    @router.get("/services")
    async def services(session: CurrentSession) -> HTMLResponse: ...

    @router.post("/services")
    async def change(session: Annotated[Session, Depends(require_role(Role.OPERATOR))]) -> Response: ...

A request that changes something (any method but GET, HEAD and OPTIONS) is refused without the token of its
session, whether or not the route names :func:`csrf_checked`: in a form it is the field ``csrf_token`` with
the value ``session.csrf_token``, elsewhere the header ``X-CSRF-Token``.

The page to sign in is the GET route named :data:`SIGN_IN_ROUTE`, whichever cartridge brings it. Its form is
guarded by :func:`visit_of` and :func:`visit_checked`, because there is no session yet.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import Depends, Request, Response
from starlette.routing import NoMatchFound

from iomconnector.application import Application
from iomconnector.errors import ConnectorError
from iomconnector.model.accounts import Role
from iomconnector.usecases.kept_sessions import TOKEN_BYTES, csrf_token_of
from iomconnector.usecases.sign_in import Session
from iomconnector.web.authentication import application_of
from iomconnector.web.csrf import SAFE_METHODS, CsrfError, check_csrf
from iomconnector.web.security_headers import SIGNED_IN
from iomconnector.web.session_cookies import (
    clear_session_cookie,
    session_token,
    set_session_cookie,
    set_visit_cookie,
    visit_value,
)

__all__ = [
    "SIGN_IN_ROUTE",
    "CsrfError",
    "CurrentSession",
    "RoleNeededError",
    "Session",
    "SignInNeeded",
    "Visit",
    "clear_session_cookie",
    "client_of",
    "csrf_checked",
    "current_session",
    "local_path",
    "offers_sign_in",
    "require_role",
    "session_if_any",
    "session_token",
    "set_session_cookie",
    "sign_in_location",
    "visit_checked",
    "visit_of",
]

SIGN_IN_ROUTE: Final = "sign_in"

_VISIT = re.compile(r"[\w-]{43}", re.ASCII)
_LOCAL_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*")


class SignInNeeded(ConnectorError):  # noqa: N818 - the name says what to do, and the specification names it
    """Nobody is signed in, or no more: browsers are led to the page to sign in."""

    code = "session.sign_in_needed"


class RoleNeededError(ConnectorError):
    """Who is signed in may not do that."""

    code = "session.role_needed"


@dataclass(frozen=True, slots=True)
class Visit:
    """A browser in which nobody is signed in, and that has a form to sign in.

    Arguments:
        value: What the browser keeps in a cookie.
        csrf_token: What the form carries; follows from the value.
    """

    value: str = field(repr=False)
    csrf_token: str = field(repr=False)

    def keep(self, response: Response, request: Request) -> None:
        """Let the browser keep it: for the answer that shows the form."""
        set_visit_cookie(response, request, self.value)


async def session_if_any(request: Request) -> Session | None:
    """The session of the browser, or none. It proves nothing for a request that changes something."""
    session = await application_of(request).sign_in.recognize(session_token(request))
    if session is not None:
        setattr(request.state, SIGNED_IN, True)
    return session


async def current_session(request: Request) -> Session:
    """The session of the browser; for a request that changes something, with the proof that it comes from a
    page of ours.

    Raises:
        SignInNeeded: There is none, or it is over.
        CsrfError: The request changes something and does not carry the token of the session.
    """
    session = await session_if_any(request)
    if session is None:
        raise SignInNeeded(
            "Your session is over." if session_token(request) else "You are not signed in.",
            hint="Sign in, then try again.",
        )
    await check_csrf(request, session.csrf_token)
    return session


CurrentSession = Annotated[Session, Depends(current_session)]


def require_role(role: Role) -> Callable[[Session], Awaitable[Session]]:
    """A dependency: the session of somebody who has a role, or one that includes it.

    It raises :class:`RoleNeededError` where the role is missing, and what :func:`current_session` raises.
    """

    async def checked(session: CurrentSession) -> Session:
        if not session.account.role.includes(role):
            raise RoleNeededError(
                f"This needs the role {role.value}; {session.account.name} has the role "
                f"{session.account.role.value}.",
                hint="Ask an administrator to do it, or for the role.",
                account=session.account.name,
            )
        return session

    return checked


async def csrf_checked(session: CurrentSession) -> None:
    """A dependency that says aloud what every route with a session does: see :func:`current_session`."""


def visit_of(request: Request) -> Visit:
    """What guards the sign-in form of a browser; call ``keep`` on the answer that shows the form."""
    value = visit_value(request)
    if not _VISIT.fullmatch(value):
        value = secrets.token_urlsafe(TOKEN_BYTES)
    return Visit(value, csrf_token_of(value))


async def visit_checked(request: Request) -> None:
    """A dependency of what the sign-in form is sent to: the browser was shown the form by us.

    Raises:
        CsrfError: The form does not carry the token of its visit.
    """
    value = visit_value(request)
    await check_csrf(request, csrf_token_of(value) if _VISIT.fullmatch(value) else "")


def client_of(request: Request) -> str:
    """The address from which a request was sent, as the nearest proxy says where there is one."""
    return request.client.host if request.client else "unknown"


def local_path(wanted: str | None, otherwise: str) -> str:
    """Where to go after signing in: a path of this site and nothing else.

    Arguments:
        wanted: What the parameter ``next`` said.
        otherwise: The path to take where that is none.
    """
    return wanted if wanted and _LOCAL_PATH.fullmatch(wanted) else otherwise


def offers_sign_in(application: Application) -> bool:
    """Whether a cartridge brings a page to sign in."""
    for _, router in application.cartridges.collect("iomconnector_routers", application=application):
        with suppress(NoMatchFound):
            router.url_path_for(SIGN_IN_ROUTE)
            return True
    return False


def sign_in_location(request: Request) -> str | None:
    """The path of the page to sign in, which leads back to the page of the request; none without such a
    page."""
    try:
        path = request.url_for(SIGN_IN_ROUTE).path
    except NoMatchFound:
        return None
    if request.method not in SAFE_METHODS:
        return path
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"{path}?{urlencode({'next': back})}"
