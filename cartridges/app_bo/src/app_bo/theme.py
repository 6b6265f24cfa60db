"""Light, dark, or as the reader's system has it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse

from iomconnector.web.authentication import ForbiddenError
from iomconnector.web.csrf import from_this_site
from iomconnector.web.sessions import local_path

THEMES = ("system", "light", "dark")
COOKIE = "iomconnector_theme"
A_YEAR = 31_536_000

router = APIRouter(prefix="/bo", include_in_schema=False)


def theme_of(request: Request) -> str:
    """The theme that the reader chose."""
    chosen = request.cookies.get(COOKIE, "")
    return chosen if chosen in THEMES else "system"


async def _from_this_site(request: Request) -> None:
    """Refuses a form that the browser says to come from elsewhere; nobody need be signed in."""
    if not from_this_site(request):
        raise ForbiddenError("The form comes from another site.", hint="Choose the theme on a page here.")


@router.post("/theme", dependencies=[Depends(_from_this_site)])
async def choose_theme(
    request: Request, theme: Annotated[str, Form()] = "system", back: Annotated[str, Form()] = "/bo"
) -> RedirectResponse:
    """Keep the chosen theme in a cookie, and go back."""
    answer = RedirectResponse(local_path(back, "/bo"), status_code=303)
    if theme in THEMES:
        answer.set_cookie(
            COOKIE,
            theme,
            max_age=A_YEAR,
            path="/",
            samesite="lax",
            httponly=True,
            secure=request.url.scheme == "https",
        )
    return answer
