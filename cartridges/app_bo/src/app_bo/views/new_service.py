"""Add a configuration in steps, as ICM's assistant does. [KB task_creating_service_configurations]

1 service type, 2 general information, 3 settings, 4 sharing rule, then a review. What was entered travels
sealed, so that the steps work without JavaScript and in any process.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from fastapi import APIRouter, Response

from app_bo.caller import Administrator, Caller, Fields
from app_bo.context_tree import ContextTree
from app_bo.error_pages import PageRoute
from app_bo.new_service import STEPS, Entry, NewService, next_step, step_before, steps_to
from app_bo.paths import service_path
from app_bo.sealed import seal, unseal
from app_bo.settings_form import Problem
from app_bo.settings_view import shown_settings
from iomconnector.errors import ConfigurationError
from iomconnector.ports.service_configuration_store import Sharing
from iomconnector.services.errors import ServiceConflictError, ServiceSettingsError
from iomconnector.services.rows import ConnectionReport

PURPOSE = "new service configuration"

router = APIRouter(prefix="/bo", route_class=PageRoute, include_in_schema=False)


@router.get("/new-service")
async def begin(caller: Administrator, context: str = "") -> Response:
    """The first step."""
    return await _page(caller, "type", Entry(context=context))


@router.post("/new-service")
async def go_on(caller: Administrator) -> Response:
    """Take over what was entered in a step, and show the next one, the one before, or save."""
    sent = await caller.form()
    step = sent.text("step") if sent.text("step") in STEPS else "type"
    entry = Entry(**unseal(sent.text("draft"), caller, purpose=PURPOSE))
    asked = sent.text("do")
    assistant = await NewService.of(caller.application)
    if step != "type" and (problems := await assistant.problems(entry, "type")):
        return await _page(caller, "type", entry, problems=problems)
    entry = assistant.enter(entry, step, sent)
    if asked == "back":
        return await _page(caller, step_before(step), entry)
    for each in steps_to(step):
        if problems := await assistant.problems(entry, each):
            return await _page(caller, each, entry, problems=problems)
    if asked == "test":
        return await _test(caller, assistant, entry)
    if step == "review":
        return await _save(caller, assistant, entry, sent)
    return await _page(caller, next_step(step), entry)


async def _test(caller: Caller, assistant: NewService, entry: Entry) -> Response:
    values, _ = assistant.form(entry).values(entry.texts)
    try:
        report = await caller.application.services.test_values(
            entry.definition, entry.context, values, of=None
        )
    except ConfigurationError as error:
        return await _page(caller, "settings", entry, problems=[Problem("", "", str(error))])
    return await _page(caller, "settings", entry, report=report)


async def _save(caller: Caller, assistant: NewService, entry: Entry, sent: Fields) -> Response:
    values, _ = assistant.form(entry).values(entry.texts)
    try:
        added = await caller.application.services.add(
            entry.id,
            definition=entry.definition,
            context=entry.context,
            values=values,
            display_name=entry.display_name,
            available=entry.available,
            active=entry.active,
            sharing=Sharing(entry.sharing),
            by=caller.name,
            replace=sent.chosen("replace"),
        )
    except ServiceSettingsError as error:
        problems = assistant.form(entry).problems(error.problems)
        return await _page(caller, "settings", entry, problems=problems)
    except ServiceConflictError as error:
        return await _page(caller, "review", entry, conflict=error, insisted=sent.chosen("replace"))
    except ConfigurationError as error:
        return await _page(caller, "review", entry, problems=[Problem("", "", str(error))])
    return caller.go(service_path(added.id), done="service-added")


async def _page(
    caller: Caller,
    step: str,
    entry: Entry,
    *,
    problems: Sequence[Problem] = (),
    report: ConnectionReport | None = None,
    conflict: ServiceConflictError | None = None,
    insisted: bool = False,
) -> Response:
    application = caller.application
    tree = ContextTree(await application.contexts.all())
    values: dict[str, Any] = {}
    definition = None
    if step != "type":
        assistant = await NewService.of(application)
        definition = application.definitions.get(entry.definition)
        form = assistant.form(entry)
        if not entry.texts:
            entry = replace(entry, texts=form.stored_texts())
        values["inputs"] = form.inputs(entry.texts, problems)
        values["settings"] = shown_settings(
            application.services.settings_of(entry.definition), assistant.masked(entry)
        )
    return caller.page(
        "new_service.html",
        status=409 if conflict else 422 if problems else 200,
        step=step,
        steps=STEPS,
        entry=entry,
        draft=seal(asdict(entry), caller, purpose=PURPOSE),
        definition=definition,
        definitions=application.definitions.all,
        contexts=list(tree.walk()),
        has_children=bool(entry.context)
        and entry.context in tree.names
        and bool(tree.node(entry.context).below),
        names=tree.names,
        sharings=list(Sharing),
        problems=problems,
        by_field={problem.field: problem.message for problem in problems},
        report=report,
        conflict=conflict,
        insisted=insisted,
        **values,
    )
