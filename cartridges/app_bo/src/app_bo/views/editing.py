"""Edit a configuration, test what was entered, and delete it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Response

from app_bo.caller import Administrator
from app_bo.edit import Difference, Edit
from app_bo.error_pages import PageRoute
from app_bo.paths import overview_path, service_path
from app_bo.settings_form import Problem
from iomconnector.errors import ConfigurationError
from iomconnector.ports.service_configuration_store import Sharing
from iomconnector.services.errors import ServiceChangedError, ServiceConflictError, ServiceSettingsError
from iomconnector.services.rows import ConnectionReport

router = APIRouter(prefix="/bo", route_class=PageRoute, include_in_schema=False)


@router.get("/services/{service:path}/edit")
async def edit_form(caller: Administrator, service: str) -> Response:
    """The form with what is stored; secrets are not shown."""
    return _page(Edit(caller, await caller.application.services.get(service)))


@router.post("/services/{service:path}/edit")
async def edit(caller: Administrator, service: str) -> Response:
    """Save what was entered, or test it."""
    sent = await caller.form()
    editing = Edit(caller, await caller.application.services.get(service))
    editing.enter(sent)
    if sent.text("do") == "test":
        return await _test(editing)
    values, problems = editing.form.values(editing.texts)
    if problems:
        return _page(editing, problems=problems, status=422)
    return await _save(editing, values, replace=sent.chosen("replace"))


async def _save(editing: Edit, values: dict[str, Any], *, replace: bool) -> Response:
    services = editing.caller.application.services
    service = editing.service
    type_name = editing.definition.display_name if editing.definition else service.display_name
    try:
        saved = await services.change(
            service.id,
            values=values or None,
            display_name=editing.display_name or type_name,
            available=editing.available,
            active=editing.active,
            sharing=editing.sharing,
            by=editing.caller.name,
            expected_version=editing.version,
            replace=replace,
        )
    except ServiceChangedError as error:
        fresh = Edit(editing.caller, await services.get(service.id))
        return _page(fresh, changed=error, differences=fresh.merge(editing), status=409)
    except ServiceSettingsError as error:
        return _page(editing, problems=editing.form.problems(error.problems), status=422)
    except ServiceConflictError as error:
        return _page(editing, conflict=error, insisted=replace, status=409)
    except ConfigurationError as error:
        return _page(editing, problems=[Problem("", "", str(error))], status=422)
    done = "service-changed" if saved.version != service.version else "service-unchanged"
    return editing.caller.go(service_path(service.id), done=done)


async def _test(editing: Edit) -> Response:
    values, problems = editing.form.values(editing.texts, all_of_them=True)
    if problems:
        return _page(editing, problems=problems, status=422)
    service = editing.service
    try:
        report = await editing.caller.application.services.test_values(
            service.definition, service.context, values, of=service.id
        )
    except ServiceSettingsError as error:
        return _page(editing, problems=editing.form.problems(error.problems), status=422)
    except ConfigurationError as error:
        return _page(editing, problems=[Problem("", "", str(error))], status=422)
    return _page(editing, report=report)


@router.get("/services/{service:path}/delete")
async def ask_before_deleting(caller: Administrator, service: str) -> Response:
    """Ask whether to delete a configuration."""
    found = await caller.application.services.get(service)
    return caller.page(
        "confirm.html",
        title=f"Delete {found.display_name}?",
        action=service_path(service, "delete"),
        error=None,
        lines=[
            f"The configuration {found.id} of {found.context} is removed with all its settings and secrets, "
            "and with every override. It cannot be brought back; the audit trail keeps that it was there.",
            "To switch it off for a while, deactivate it instead.",
        ],
        fields={},
        button="Delete it for good",
        danger=True,
        cancel=service_path(service),
    )


@router.post("/services/{service:path}/delete")
async def delete(caller: Administrator, service: str) -> Response:
    """Delete a configuration."""
    found = await caller.application.services.get(service)
    await caller.application.services.delete(service, by=caller.name)
    return caller.go(overview_path(found.context) + "&done=service-deleted")


def _page(
    editing: Edit,
    *,
    problems: Sequence[Problem] = (),
    report: ConnectionReport | None = None,
    changed: ServiceChangedError | None = None,
    differences: Sequence[Difference] = (),
    conflict: ServiceConflictError | None = None,
    insisted: bool = False,
    status: int = 200,
) -> Response:
    return editing.caller.page(
        "service_edit.html",
        status=status,
        edit=editing,
        service=editing.service,
        definition=editing.definition,
        inputs=editing.form.inputs(editing.texts, problems),
        problems=problems,
        by_field={problem.field: problem.message for problem in problems},
        sharings=list(Sharing),
        report=report,
        changed=changed,
        differences=differences,
        conflict=conflict,
        insisted=insisted,
    )
