"""Tokens for registered users and for visitors, as OAuth 2.0 asks for them. [RFC 6749]"""

from __future__ import annotations

import secrets
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel

from app_sf_rest.answers import NOT_NOW, NOT_THERE, WRONG, IcmError
from app_sf_rest.caller import ANONYMOUS, CurrentSite
from app_sf_rest.rest_route import BASE_PATH, RestRoute, icm_error
from iomconnector.application import Application
from iomconnector.usecases.customer_tokens import TokenPair
from iomconnector.web.authentication import CurrentApplication
from iomconnector.web.sessions import client_of

router = APIRouter(prefix=BASE_PATH, tags=["storefront: tokens"], route_class=RestRoute)


class Token(BaseModel):
    """Tokens.

    Arguments:
        access_token: For the header `authentication-token`.
        token_type: `user` or `anonymous`.
        expires_in: For how many seconds it is good.
        refresh_token: Good for one exchange, with `grant_type=refresh_token`; none for visitors.
        refresh_expires_in: For how many seconds that is good.
    """

    access_token: str
    token_type: Literal["user", "anonymous"]
    expires_in: int
    refresh_token: str | None = None
    refresh_expires_in: int | None = None


@router.post(
    "/token",
    response_model=Token,
    response_model_exclude_none=True,
    summary="Get a token",
    response_description="The tokens.",
    responses={
        **WRONG,
        401: {"model": IcmError, "description": "Login and password do not belong together."},
        **NOT_THERE,
        **NOT_NOW,
    },
)
async def token(
    request: Request,
    response: Response,
    site: CurrentSite,
    system: CurrentApplication,
    grant_type: Annotated[Literal["password", "refresh_token", "anonymous", "client_credentials"], Form()],
    username: Annotated[str, Form(max_length=1024)] = "",
    password: Annotated[str, Form(max_length=4096)] = "",
    refresh_token: Annotated[str, Form(max_length=1024)] = "",
) -> Token | Response:
    """Tokens for login and password, for a refresh token, or for a visitor. A refresh token is good once."""
    response.headers["Cache-Control"] = "no-store"
    if grant_type == "client_credentials":
        return icm_error(400, "unsupported_grant_type", "client_credentials is not offered here.")
    if grant_type == "anonymous":
        return _visitor(system)
    pair = (
        await system.customer_tokens.exchange(site.channel, refresh_token)
        if grant_type == "refresh_token"
        else await system.customer_tokens.issue(site.channel, username, password, client=client_of(request))
    )
    return _of_user(pair)


@router.delete("/token", status_code=204, summary="Give a token back", response_description="It is over.")
async def give_back(request: Request, site: CurrentSite, system: CurrentApplication) -> Response:
    """End all tokens that followed from the same sign-in; one that is nobody's stays so."""
    await system.customer_tokens.revoke(site.channel, request.headers.get("authentication-token", ""))
    return Response(status_code=204)


def _visitor(system: Application) -> Token:
    seconds = system.settings.customer_token_minutes * 60
    text = f"{ANONYMOUS}{secrets.token_urlsafe(32)}"
    return Token(access_token=text, token_type="anonymous", expires_in=int(seconds))  # noqa: S106


def _of_user(pair: TokenPair) -> Token:
    return Token(
        access_token=pair.access,
        token_type="user",  # noqa: S106
        expires_in=pair.access_seconds,
        refresh_token=pair.refresh,
        refresh_expires_in=pair.refresh_seconds,
    )
