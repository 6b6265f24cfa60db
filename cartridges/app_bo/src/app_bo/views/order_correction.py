"""Correct the content of an order: edit it, see the difference, save it with a reason."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response

from app_bo.caller import Caller, Operator
from app_bo.error_pages import PageRoute
from app_bo.paths import order_path
from app_bo.pretty_json import pretty
from app_bo.settings_form import Problem
from iomconnector.errors import ConnectorError, NotFoundError
from iomconnector.model.order_documents import OrderDocumentError, parse_json
from iomconnector.usecases.correct_orders import CorrectionDraft, CorrectionError

router = APIRouter(prefix="/bo", route_class=PageRoute, include_in_schema=False)


@router.get("/corrections/{channel}/{number:path}")
async def correction_form(caller: Operator, channel: str, number: str) -> Response:
    """The order's document, to be edited."""
    request = (await caller.application.export_queries.summary(channel, number)).request
    revision = str(request.revision)
    try:
        document = pretty(await caller.application.correct_orders.document(channel, number))
    except OrderDocumentError as error:
        return _page(caller, channel, number, "", revision, problems=[_problem(error)])
    return _page(caller, channel, number, document, revision)


@router.post("/corrections/{channel}/{number:path}")
async def correct(caller: Operator, channel: str, number: str) -> Response:
    """Show what would be different, or save it."""
    form = await caller.form()
    document, reason, revision = form.verbatim("document"), form.text("reason"), form.text("revision")
    corrections = caller.application.correct_orders
    try:
        content = parse_json(document)
        draft = await corrections.draft(channel, number, lambda _: content, revision=_edited(revision))
        if not form.chosen("save"):
            return _page(caller, channel, number, document, revision, reason=reason, draft=draft)
        await corrections.save(draft, by=caller.name, reason=reason)
    except NotFoundError:
        raise
    except ConnectorError as error:
        problems = [_problem(error)]
        return _page(
            caller, channel, number, document, revision, reason=reason, problems=problems, status=422
        )
    return caller.go(order_path(channel, number), done="order-corrected")


def _edited(revision: str) -> int:
    """The revision that was edited.

    Raises:
        CorrectionError: The form does not say which.
    """
    if not (revision.isascii() and revision.isdigit() and len(revision) < 10):
        raise CorrectionError(
            "The form does not say which revision of the order was edited.",
            hint="Open the order again, and correct it there.",
        )
    return int(revision)


def _problem(error: ConnectorError) -> Problem:
    return Problem("document", "Document", f"{error.message} {error.hint}".strip())


def _page(
    caller: Caller,
    channel: str,
    number: str,
    document: str,
    revision: str,
    *,
    reason: str = "",
    draft: CorrectionDraft | None = None,
    problems: list[Problem] | None = None,
    status: int = 200,
) -> Response:
    values: dict[str, Any] = {
        "channel": channel,
        "number": number,
        "document": document,
        "revision": revision,
        "reason": reason,
        "draft": draft,
        "problems": problems or (),
    }
    return caller.page("order_correction.html", status=status, **values)
