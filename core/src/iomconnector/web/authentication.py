"""Who calls the web application: programs with an access token."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from iomconnector.application import Application
from iomconnector.errors import ConnectorError, NotFoundError
from iomconnector.ports.access_token_store import AccessToken

_bearer = HTTPBearer(auto_error=False, description="An access token made by `iomconnector token create`.")


class UnauthorizedError(ConnectorError):
    """No access token, or one that nobody has."""

    code = "access.unauthorized"


class ForbiddenError(ConnectorError):
    """The access token does not give access to this channel."""

    code = "access.forbidden"


def application_of(request: Request) -> Application:
    """The application that serves a request."""
    application: Application = request.app.state.application
    return application


async def authenticated(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> AccessToken:
    """The access token of the caller.

    Raises:
        UnauthorizedError: There is none, or it is not known.
    """
    token = None
    if credentials is not None:
        token = await application_of(request).access_tokens.recognize(credentials.credentials)
    if token is None:
        raise UnauthorizedError(
            "This needs an access token." if credentials is None else "The access token is not known.",
            hint="Send the header `Authorization: Bearer TOKEN`.",
        )
    return token


async def require_channel(application: Application, token: AccessToken, channel: str) -> None:
    """Let the caller act on a channel.

    Raises:
        NotFoundError: There is no such channel.
        ForbiddenError: The token does not give access to it.
    """
    if channel in token.channels:
        return
    hint = f"The access token of {token.name} gives access to: {', '.join(token.channels)}."
    if all(channel != context.id for context in await application.contexts.all()):
        raise NotFoundError(f"There is no channel {channel!r}.", hint=hint, channel=channel)
    raise ForbiddenError(
        f"This access token gives no access to channel {channel}.", hint=hint, channel=channel
    )


CurrentApplication = Annotated[Application, Depends(application_of)]
CurrentToken = Annotated[AccessToken, Depends(authenticated)]
