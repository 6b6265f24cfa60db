"""The overview of services by context, and one configuration in detail."""

from __future__ import annotations

import re

from fastapi import APIRouter, Response

from app_bo.caller import Caller, Reader
from app_bo.conflicts import conflicts_of
from app_bo.context_tree import ContextTree
from app_bo.error_pages import PageRoute
from app_bo.overview import overview_page
from app_bo.places import places_of
from app_bo.settings_view import shown_settings
from iomconnector.errors import NotFoundError
from iomconnector.services.rows import ConnectionReport
from iomconnector.web.app import FRONT_ROUTE

LATEST_CHANGES = 5
PAGE_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)

router = APIRouter(prefix="/bo", route_class=PageRoute, include_in_schema=False)


@router.get("", name=FRONT_ROUTE)
@router.get("/")
async def front(caller: Reader) -> Response:
    """The front page leads to the services."""
    return caller.go("/bo/services")


@router.get("/services")
async def overview(caller: Reader, context: str = "", q: str = "", page: str = "") -> Response:
    """The services of a context: those that contexts above share with it, and its own."""
    tree = ContextTree(await caller.application.contexts.all())
    if not tree.roots:
        return caller.page("no_contexts.html")
    chosen = tree.get(context) if context else tree.roots[0].context
    rows = await caller.application.services.overview(chosen.id)
    shown = overview_page(rows, q.strip(), int(page) if PAGE_NUMBER.fullmatch(page) else 1)
    return caller.page(
        "services.html",
        tree=tree.roots,
        names=tree.names,
        context=chosen,
        overview=shown,
        conflicts=conflicts_of(rows),
    )


@router.get("/services/{service:path}")
async def details(caller: Reader, service: str, context: str = "") -> Response:
    """One configuration: what it is, where it works, its settings, and what was last changed."""
    return await details_page(caller, service, context)


async def details_page(
    caller: Caller,
    service: str,
    context: str = "",
    *,
    report: ConnectionReport | None = None,
) -> Response:
    """The page of a configuration.

    Arguments:
        caller: Who looks at it.
        service: The id of the configuration.
        context: In which context they look at it; the owner where empty.
        report: What a connection test found in that context.

    Raises:
        NotFoundError: There is no such configuration or context.
    """
    services = caller.application.services
    found = await services.get(service)
    tree = ContextTree(await caller.application.contexts.all())
    looked_at = tree.get(context or found.context)
    places = await places_of(caller.application, tree, found, looked_at.id)
    if places.here is None:
        raise NotFoundError(
            f"{found.display_name} does not reach {looked_at.display_name}.",
            hint=f"It belongs to {tree.names.get(found.context, found.context)}.",
        )
    conflicts = conflicts_of(await services.overview(looked_at.id)) if places.here.conflicts else []
    known = found.definition in caller.application.definitions
    fields = services.settings_of(found.definition) if known else ()
    return caller.page(
        "service.html",
        service=found,
        row=places.here,
        conflicts=[each for each in conflicts if service in each.services],
        context=looked_at,
        owner=tree.get(found.context),
        names=tree.names,
        below=places.below,
        left_out=places.left_out,
        settings=shown_settings(fields, services.masked(found)),
        can_test=known and caller.application.definitions.get(found.definition).check is not None,
        changes=await services.audit(service=service, limit=LATEST_CHANGES),
        report=report,
    )
