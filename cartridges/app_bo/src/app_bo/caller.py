"""Who asks for a page: somebody signed in, with a role that suffices."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import FormData

from app_bo.pages import render
from iomconnector.application import Application
from iomconnector.errors import ConnectorError
from iomconnector.model.accounts import Role
from iomconnector.web.authentication import application_of
from iomconnector.web.sessions import Session, require_role

_ANSWERS: Final = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody signed in, with the request.

    Arguments:
        request: What is asked.
        session: Whose session it is.
    """

    request: Request
    session: Session

    @property
    def application(self) -> Application:
        """The system."""
        return application_of(self.request)

    @property
    def name(self) -> str:
        """As whom changes are made."""
        return self.session.account.name

    def may(self, role: Role) -> bool:
        """Whether the role of the account includes another."""
        return self.session.account.role.includes(role)

    async def form(self) -> Fields:
        """What the form says.

        Raises:
            UnclearFormError: It holds what is no text, and cannot be stored.
        """
        form = await self.request.form()
        if not all(_is_text(value) for _, value in form.multi_items() if isinstance(value, str)):
            raise UnclearFormError(
                "The form has characters that are no text, so nothing was changed.",
                hint="Go back and type it again.",
            )
        return Fields(form)

    def page(self, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """A page for the caller."""
        shown = {"may": self.may, **values}
        return render(self.request, template, session=self.session, status=status, **shown)

    def go(self, path: str, *, done: str = "", **query: str) -> RedirectResponse:
        """Lead to another page, which tells what was done."""
        named = {**query, **({"done": done} if done else {})}
        return RedirectResponse(f"{path}?{urlencode(named)}" if named else path, status_code=303)


class UnclearFormError(ConnectorError):
    """A form is none that a page of ours sends."""

    code = "back_office.unclear_form"


def _is_text(value: str) -> bool:
    """Whether every database can store it: without zeros and halves of surrogate pairs."""
    return "\0" not in value and not any("\ud800" <= each <= "\udfff" for each in value)


class Fields:
    """The texts of a form; files do not count.

    Arguments:
        form: What was sent.
    """

    def __init__(self, form: FormData) -> None:
        self._form = form

    def text(self, name: str) -> str:
        """The text of a field without surrounding blanks; empty where the form has none."""
        return self.verbatim(name).strip()

    def verbatim(self, name: str) -> str:
        """The text of a field as it was typed, with the line ends of this system."""
        value = self._form.get(name, "")
        return value.replace("\r\n", "\n") if isinstance(value, str) else ""

    def decided(self, name: str) -> bool:
        """What a button with the value ``yes`` or ``no`` says.

        Raises:
            UnclearFormError: The form has neither.
        """
        answer = _ANSWERS.get(self.text(name))
        if answer is None:
            raise UnclearFormError(
                "The form does not say what to do, so nothing was changed.", hint="Go back and try again."
            )
        return answer

    def chosen(self, name: str) -> bool:
        """Whether a box is ticked, or a button with the value ``yes`` was pressed."""
        return self.text(name) == "yes"

    def __contains__(self, name: str) -> bool:
        return name in self._form


def _caller(role: Role) -> Callable[[Request, Session], Coroutine[Any, Any, Caller]]:
    async def caller(request: Request, session: Session = Depends(require_role(role))) -> Caller:
        return Caller(request, session)

    return caller


Reader = Annotated[Caller, Depends(_caller(Role.READ_ONLY))]
"""Anybody who is signed in. A request that changes something carries the token of the session."""
Operator = Annotated[Caller, Depends(_caller(Role.OPERATOR))]
"""An operator or administrator."""
Administrator = Annotated[Caller, Depends(_caller(Role.ADMINISTRATOR))]
"""An administrator."""
