"""Switch services on and off: where they are owned, and below by overrides."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Response

from app_bo.caller import Caller, Fields, Operator
from app_bo.error_pages import PageRoute
from app_bo.paths import overview_path, service_path
from app_bo.views.services import details_page
from iomconnector.services.errors import ServiceConflictError

BY_THE_RULE: Final = "rule"
PLACE: Final = ("q", "page")
DONE: Final = {True: "service-activated", False: "service-deactivated", None: "override-removed"}

router = APIRouter(prefix="/bo", route_class=PageRoute, include_in_schema=False)


@router.post("/services/{service:path}/activation")
async def switch(caller: Operator, service: str) -> Response:
    """Switch a configuration on or off in the context that owns it."""
    form = await caller.form()
    active = form.decided("active")
    try:
        await caller.application.services.change(
            service, active=active, by=caller.name, replace=form.chosen("replace")
        )
    except ServiceConflictError as error:
        return await _ask(caller, form, service, error)
    return _back(caller, form, service, DONE[active])


@router.post("/services/{service:path}/override")
async def override(caller: Operator, service: str) -> Response:
    """Switch a shared configuration for a context, or let the sharing rule decide again."""
    form = await caller.form()
    active = None if form.text("active") == BY_THE_RULE else form.decided("active")
    try:
        await caller.application.services.override(
            service, form.text("context"), active, by=caller.name, replace=form.chosen("replace")
        )
    except ServiceConflictError as error:
        return await _ask(caller, form, service, error)
    return _back(caller, form, service, DONE[active])


@router.post("/services/{service:path}/test")
async def test(caller: Operator, service: str) -> Response:
    """Test the connection with the stored settings, and show what came of it."""
    form = await caller.form()
    found = await caller.application.services.get(service)
    context = form.text("context") or found.context
    report = await caller.application.services.test(service, context)
    return await details_page(caller, service, context, report=report)


async def _ask(caller: Caller, form: Fields, service: str, error: ServiceConflictError) -> Response:
    """The page that asks whether to put aside what stands against the change.

    Raises:
        ServiceConflictError: That was asked already, and something cannot be put aside.
    """
    if form.chosen("replace"):
        raise error
    found = await caller.application.services.get(service)
    sent = {name: form.text(name) for name in ("active", "context", "back", *PLACE) if name in form}
    return caller.page(
        "confirm.html",
        status=409,
        title=f"Activate {found.display_name}?",
        action=caller.request.url.path,
        error=error,
        lines=[
            f"If you go on, {found.display_name} becomes active, and what it cannot be active together with "
            "is deactivated in the same step. Nothing has been changed so far."
        ],
        fields={**sent, "replace": "yes"},
        button="Activate it and deactivate the others",
        danger=False,
        cancel=_origin(form, service),
    )


def _back(caller: Caller, form: Fields, service: str, done: str) -> Response:
    if form.text("back") == "overview":
        return caller.go("/bo/services", context=form.text("context"), done=done, **_place(form))
    return caller.go(service_path(service), done=done)


def _origin(form: Fields, service: str) -> str:
    if form.text("back") == "overview":
        return overview_path(form.text("context"), **_place(form))
    return service_path(service)


def _place(form: Fields) -> dict[str, str]:
    """Which part of the overview they came from."""
    return {name: form.text(name) for name in PLACE if form.text(name)}
