"""Addresses of the back office that lead nowhere."""

from __future__ import annotations

from fastapi import Response

from app_bo.caller import Reader
from app_bo.error_pages import PageRoute
from iomconnector.errors import NotFoundError
from iomconnector.web.cartridge_routes import LastRouter

router = LastRouter(prefix="/bo", route_class=PageRoute, include_in_schema=False)


@router.get("/{path:path}")
async def nowhere(caller: Reader, path: str) -> Response:
    """A page that says so, to people who are signed in."""
    raise NotFoundError(
        f"There is no page /bo/{path} for {caller.name}.", hint="The menu leads to those that there are."
    )
