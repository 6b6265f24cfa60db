"""The cookies by which a browser is recognized."""

from __future__ import annotations

from fastapi import Request, Response

from iomconnector.usecases.sign_in import Session

SESSION_COOKIE = "iomconnector_session"
VISIT_COOKIE = "iomconnector_visit"
HOST_PREFIX = "__Host-"
"""A browser takes a cookie of such a name only from the host itself, over https and for every path, so that
no other host can plant it."""


def cookie_name(request: Request, name: str) -> str:
    """The name of a cookie on the connection of a request."""
    return f"{HOST_PREFIX}{name}" if over_https(request) else name


def over_https(request: Request) -> bool:
    """Whether the browser sent the request over https, as the nearest proxy says where there is one."""
    return request.url.scheme == "https"


def set_session_cookie(response: Response, request: Request, session: Session) -> None:
    """Let the browser keep a session until it is closed, and forget what the sign-in form needed."""
    keep_cookie(response, request, SESSION_COOKIE, session.token)
    clear_cookie(response, request, VISIT_COOKIE)


def clear_session_cookie(response: Response, request: Request) -> None:
    """Let the browser forget its session."""
    clear_cookie(response, request, SESSION_COOKIE)


def set_visit_cookie(response: Response, request: Request, value: str) -> None:
    """Let the browser keep what binds a sign-in form to it."""
    keep_cookie(response, request, VISIT_COOKIE, value)


def session_token(request: Request) -> str:
    """The token of the session that the browser shows; empty where it shows none."""
    return request.cookies.get(cookie_name(request, SESSION_COOKIE), "")


def visit_value(request: Request) -> str:
    """What binds the sign-in form to the browser; empty where it has none."""
    return request.cookies.get(cookie_name(request, VISIT_COOKIE), "")


def keep_cookie(response: Response, request: Request, name: str, value: str) -> None:
    """Let the browser keep a cookie until it is closed; scripts do not see it."""
    response.set_cookie(
        cookie_name(request, name),
        value,
        path="/",
        secure=over_https(request),
        httponly=True,
        samesite="lax",
    )


def clear_cookie(response: Response, request: Request, name: str) -> None:
    """Let the browser forget a cookie."""
    response.delete_cookie(
        cookie_name(request, name),
        path="/",
        secure=over_https(request),
        httponly=True,
        samesite="lax",
    )
