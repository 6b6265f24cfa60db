"""Sign in and sign out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from app_bo.caller import Reader
from app_bo.error_pages import PageRoute
from app_bo.pages import render
from iomconnector.usecases.password_proof import SignInRefusedError
from iomconnector.web.authentication import CurrentApplication
from iomconnector.web.sessions import (
    SIGN_IN_ROUTE,
    CsrfError,
    clear_session_cookie,
    client_of,
    local_path,
    session_if_any,
    session_token,
    set_session_cookie,
    visit_checked,
    visit_of,
)

FRONT = "/bo/services"

router = APIRouter(prefix="/bo", route_class=PageRoute, include_in_schema=False)


@router.get("/sign-in", name=SIGN_IN_ROUTE)
async def sign_in_form(request: Request) -> Response:
    """The form to sign in; who is signed in already goes on."""
    wanted = local_path(request.query_params.get("next"), FRONT)
    if await session_if_any(request) is not None:
        return RedirectResponse(wanted, status_code=303)
    return _form(request, wanted=wanted, ended="next" in request.query_params)


@router.post("/sign-in", name="sign_in_send")
async def sign_in(
    request: Request,
    application: CurrentApplication,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    back: Annotated[str, Form()] = "",
) -> Response:
    """Open a session, and go on to the page that was wanted."""
    wanted = local_path(back, FRONT)
    try:
        await visit_checked(request)
        session = await application.sign_in.sign_in(
            name, password, client=client_of(request), replacing=session_token(request)
        )
    except CsrfError as error:
        return _form(request, wanted=wanted, name=name, refused=error, status=403)
    except SignInRefusedError as error:
        return _form(request, wanted=wanted, name=name, refused=error, status=401)
    answer = RedirectResponse(wanted, status_code=303)
    set_session_cookie(answer, request, session)
    return answer


@router.post("/sign-out")
async def sign_out(request: Request, caller: Reader) -> Response:
    """End the session."""
    await caller.application.sign_in.sign_out(session_token(request))
    answer = caller.go("/bo/sign-in", done="signed-out")
    clear_session_cookie(answer, request)
    return answer


def _form(
    request: Request,
    *,
    wanted: str,
    name: str = "",
    ended: bool = False,
    refused: SignInRefusedError | CsrfError | None = None,
    status: int = 200,
) -> Response:
    visit = visit_of(request)
    page = render(
        request,
        "sign_in.html",
        status=status,
        wanted=wanted,
        name=name,
        ended=ended,
        refused=refused,
        csrf_token=visit.csrf_token,
    )
    visit.keep(page, request)
    return page
