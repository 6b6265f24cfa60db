"""Service types: enabled or disabled for each organization."""

from __future__ import annotations

from itertools import groupby

from fastapi import APIRouter, Response

from app_bo.caller import Administrator, Reader
from app_bo.context_tree import ContextTree
from app_bo.error_pages import PageRoute
from iomconnector.errors import NotFoundError
from iomconnector.services.errors import ServiceConflictError

router = APIRouter(prefix="/bo", route_class=PageRoute, include_in_schema=False)


@router.get("/service-types")
async def service_types(caller: Reader, organization: str = "") -> Response:
    """The service types of the assembly by group, as an organization has them."""
    tree = ContextTree(await caller.application.contexts.all())
    if not tree.organizations:
        return caller.page("no_contexts.html")
    chosen = next((each for each in tree.organizations if each.id == organization), None)
    if organization and chosen is None:
        raise NotFoundError(f"There is no organization {organization!r}.", hint="Choose one that there is.")
    chosen = chosen or tree.organizations[0]
    rows = sorted(
        await caller.application.services.types(chosen.id),
        key=lambda row: (row.definition.group, row.definition.display_name),
    )
    return caller.page(
        "service_types.html",
        organizations=tree.organizations,
        organization=chosen,
        groups=[(group, list(each)) for group, each in groupby(rows, key=lambda row: row.definition.group)],
    )


@router.post("/service-types")
async def enable(caller: Administrator) -> Response:
    """Enable a service type for an organization, or disable it."""
    form = await caller.form()
    definition, organization = form.text("definition"), form.text("organization")
    enabled = form.decided("enabled")
    try:
        await caller.application.services.enable(
            definition, organization, enabled, by=caller.name, replace=form.chosen("replace")
        )
    except ServiceConflictError as error:
        if form.chosen("replace"):
            raise
        return caller.page(
            "confirm.html",
            status=409,
            title=f"Enable {definition}?",
            action="/bo/service-types",
            error=error,
            lines=[
                "If you go on, the service type is enabled, and what its configurations cannot be active "
                "together with is deactivated in the same step. Nothing has been changed so far."
            ],
            fields={
                "definition": definition,
                "organization": organization,
                "enabled": "yes",
                "replace": "yes",
            },
            button="Enable it and deactivate the others",
            danger=False,
            cancel="/bo/service-types",
        )
    done = "type-enabled" if enabled else "type-disabled"
    return caller.go("/bo/service-types", organization=organization, done=done)
