"""The own account: who one is, and another password."""

from __future__ import annotations

from fastapi import APIRouter, Response

from app_bo.caller import Caller, Reader
from app_bo.error_pages import PageRoute
from app_bo.settings_form import Problem
from iomconnector.model.accounts import MIN_PASSWORD_LENGTH, PasswordRefusedError
from iomconnector.usecases.password_proof import SignInRefusedError
from iomconnector.web.sessions import client_of, set_session_cookie

router = APIRouter(prefix="/bo", route_class=PageRoute, include_in_schema=False)


@router.get("/own-account")
async def own_account(caller: Reader) -> Response:
    """The account of the caller."""
    return _page(caller)


@router.post("/own-account")
async def set_own_password(caller: Reader) -> Response:
    """Set the own password; every other session of the account ends."""
    form = await caller.form()
    new = form.verbatim("new_password")
    if new != form.verbatim("repeated"):
        return _page(caller, Problem("repeated", "Password again", "The two passwords are not the same."))
    application, client = caller.application, client_of(caller.request)
    try:
        await application.sign_in.confirm(caller.name, form.verbatim("present_password"), client=client)
        await application.accounts.set_password(caller.name, new, by=caller.name)
    except SignInRefusedError:
        wrong = "This is not your present password, or there were too many attempts. Then wait a while."
        return _page(caller, Problem("present_password", "Present password", wrong))
    except PasswordRefusedError as error:
        return _page(caller, Problem("new_password", "New password", str(error)))
    session = await application.sign_in.sign_in(caller.name, new, client=client)
    answer = caller.go("/bo/own-account", done="password-set")
    set_session_cookie(answer, caller.request, session)
    return answer


def _page(caller: Caller, problem: Problem | None = None) -> Response:
    return caller.page(
        "own_account.html",
        status=422 if problem else 200,
        shortest=MIN_PASSWORD_LENGTH,
        problems=[problem] if problem else (),
        by_field={problem.field: problem.message} if problem else {},
    )
