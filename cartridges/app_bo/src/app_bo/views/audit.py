"""The audit trail: of services and order numbers for everybody, of accounts for administrators."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app_bo.audit_topics import MATTERS, latest_changes, matters_for, topics_for
from app_bo.caller import Caller, Reader
from app_bo.context_tree import ContextTree
from app_bo.error_pages import PageRoute
from iomconnector.errors import NotFoundError
from iomconnector.web.sessions import RoleNeededError

PAGE = 50
SUGGESTIONS = 200
LARGEST_NUMBER = 2**63 - 1

router = APIRouter(prefix="/bo", route_class=PageRoute, include_in_schema=False)


@router.get("/audit")
async def audit(
    caller: Reader,
    about: str = "",
    subject: str = "",
    context: str = "",
    before: Annotated[int | None, Query(ge=1, le=LARGEST_NUMBER)] = None,
) -> Response:
    """Changes, the latest first, a page at a time."""
    application = caller.application
    subject = subject.strip()
    entries = await latest_changes(
        application.audit_trail,
        _topics(caller, about),
        subject=subject or None,
        context=context or None,
        limit=PAGE + 1,
        before=before,
    )
    shown = entries[:PAGE]
    tree = ContextTree(await application.contexts.all())
    return caller.page(
        "audit.html",
        entries=shown,
        older=shown[-1].number if len(entries) > PAGE else None,
        before=before,
        asked={"about": about, "subject": subject, "context": context},
        matters=matters_for(caller.session.account.role),
        services=(await application.services.all())[:SUGGESTIONS],
        contexts=list(tree.walk()),
        names=tree.names,
    )


def _topics(caller: Caller, about: str) -> tuple[str, ...] | None:
    """The topics that are asked for; none for all that there are.

    Raises:
        NotFoundError: The audit trail has no such part.
        RoleNeededError: The caller may not see it.
    """
    if not about:
        return topics_for(caller.session.account.role)
    if about not in MATTERS:
        raise NotFoundError(f"The audit trail tells nothing about {about!r}.", hint="Choose from the list.")
    matter = MATTERS[about]
    if not caller.may(matter.role):
        raise RoleNeededError(
            f"What was done to accounts is shown to the role {matter.role.value} alone.",
            hint="Ask an administrator.",
            account=caller.name,
        )
    return matter.topics
