"""Choosing the language."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from app_sf_responsive.error_pages import PageRoute
from app_sf_responsive.languages import offered
from app_sf_responsive.recognition import AnyVisitor, keep_language
from app_sf_responsive.visitor import SHOP
from iomconnector.web.csrf import CsrfError, from_this_site
from iomconnector.web.sessions import local_path

router = APIRouter(prefix=SHOP, route_class=PageRoute, include_in_schema=False)


@router.post("/{channel}/language")
async def choose_language(
    request: Request,
    visitor: AnyVisitor,
    language: Annotated[str, Form()] = "",
    back: Annotated[str, Form()] = "",
) -> Response:
    """Keep the chosen language in a cookie, and go back.

    Nobody need be signed in: the browser says whether the form comes from a page of this site.
    """
    if not from_this_site(request):
        raise CsrfError("The form comes from another site.")
    answer = RedirectResponse(local_path(back, visitor.path()), status_code=303)
    chosen = offered(language)
    if chosen:
        keep_language(answer, request, chosen)
    return answer
