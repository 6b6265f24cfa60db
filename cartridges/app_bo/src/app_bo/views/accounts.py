"""Accounts: who may sign in, and what they may do; for administrators."""

from __future__ import annotations

from fastapi import APIRouter, Response

from app_bo.caller import Administrator, Caller, Fields
from app_bo.error_pages import PageRoute
from app_bo.settings_form import Problem
from iomconnector.errors import ConnectorError, NotFoundError, StorageError
from iomconnector.model.accounts import (
    MIN_PASSWORD_LENGTH,
    Account,
    AccountNameError,
    PasswordRefusedError,
    Role,
)

router = APIRouter(prefix="/bo", route_class=PageRoute, include_in_schema=False)


@router.get("/accounts")
async def accounts(caller: Administrator) -> Response:
    """Every account, and the form to add one."""
    return await _list(caller)


@router.post("/accounts")
async def add(caller: Administrator) -> Response:
    """Add an account."""
    form = await caller.form()
    problem = _passwords_differ(form)
    role = form.text("role")
    if role not in set(Role):
        problem = problem or Problem("role-read-only", "Role", "Choose a role.")
    if problem is None:
        try:
            await caller.application.accounts.add(
                form.text("name"),
                form.verbatim("new_password"),
                Role(role),
                display_name=form.text("display_name"),
                by=caller.name,
            )
            return caller.go("/bo/accounts", done="account-added")
        except ConnectorError as error:
            problem = _problem(error)
    return await _list(caller, problem=problem, form=form)


@router.get("/accounts/{name}")
async def account(caller: Administrator, name: str) -> Response:
    """One account."""
    return _one(caller, await caller.application.accounts.get(name))


@router.post("/accounts/{name}")
async def change(caller: Administrator, name: str) -> Response:
    """Change an account: its role, activity, lock or password."""
    form = await caller.form()
    known = caller.application.accounts
    found = await known.get(name)
    asked = form.text("do")
    done = "account-changed"
    problem = None
    try:
        if asked == "role" and form.text("role") in set(Role):
            await known.set_role(name, Role(form.text("role")), by=caller.name)
            await known.rename(name, form.text("display_name"), by=caller.name)
        elif asked == "activate":
            await known.activate(name, by=caller.name)
        elif asked == "deactivate":
            await known.deactivate(name, by=caller.name)
        elif asked == "unlock":
            await known.unlock(name, by=caller.name)
            done = "account-unlocked"
        elif asked == "password":
            problem = _passwords_differ(form)
            if problem is None:
                await known.set_password(name, form.verbatim("new_password"), by=caller.name)
            done = "password-set"
        else:
            problem = Problem("", "", "Nothing was asked for.")
    except ConnectorError as error:
        problem = _problem(error, name_field="display_name")
    if problem is not None:
        return _one(caller, found, problem=problem)
    return caller.go(caller.request.url.path, done=done)


async def _list(caller: Caller, *, problem: Problem | None = None, form: Fields | None = None) -> Response:
    kept = {name: form.text(name) if form else "" for name in ("name", "display_name", "role")}
    return caller.page(
        "accounts.html",
        status=422 if problem else 200,
        accounts=await caller.application.accounts.all(),
        roles=list(Role),
        kept=kept,
        shortest=MIN_PASSWORD_LENGTH,
        problems=[problem] if problem else (),
        by_field={problem.field: problem.message} if problem else {},
    )


def _one(caller: Caller, found: Account, *, problem: Problem | None = None) -> Response:
    return caller.page(
        "account.html",
        status=422 if problem else 200,
        account=found,
        roles=list(Role),
        shortest=MIN_PASSWORD_LENGTH,
        problems=[problem] if problem else (),
        by_field={problem.field: problem.message} if problem else {},
    )


def _passwords_differ(form: Fields) -> Problem | None:
    if form.verbatim("new_password") == form.verbatim("repeated"):
        return None
    return Problem("repeated", "Password again", "The two passwords are not the same.")


def _problem(error: ConnectorError, *, name_field: str = "name") -> Problem:
    """What is wrong with the form, at its input.

    Raises:
        ConnectorError: It is nothing that another input would mend.
    """
    if isinstance(error, StorageError | NotFoundError):
        raise error
    if isinstance(error, PasswordRefusedError):
        return Problem("new_password", "Password", str(error))
    if isinstance(error, AccountNameError):
        return Problem(name_field, "Name", str(error))
    return Problem("", "", str(error))
