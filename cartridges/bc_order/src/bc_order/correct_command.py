"""``iomconnector order correct``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from bc_order.choosing import chosen_export
from bc_order.exact_json import exact_json
from bc_order.options import Channel, Number
from iomconnector.application import Application
from iomconnector.cli.acting_user import acting_user
from iomconnector.cli.invocation import invocation_of
from iomconnector.cli.terminal import Format, FormatOption, print_json, print_table
from iomconnector.model.document_edits import ABSENT, with_field
from iomconnector.model.order_documents import parse_json
from iomconnector.usecases.correct_orders import CorrectionDraft, CorrectionError
from iomconnector.usecases.export_act_plans import ReasonMissingError


class StillBrokenError(CorrectionError):
    """The corrected order could not be exported either; nothing was saved."""

    code = "order.correction.still_broken"


def correct(
    context: typer.Context,
    number: Number,
    sets: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="PATH=TEXT", help="Another text in a field; PATH:=JSON for anything else."
        ),
    ] = None,
    unset: Annotated[list[str] | None, typer.Option(metavar="PATH", help="Take a field out.")] = None,
    document: Annotated[
        str | None, typer.Option(metavar="FILE", help="The whole corrected order document; - reads it.")
    ] = None,
    reason: Annotated[str, typer.Option(help="Why. It is kept for good.")] = "",
    channel: Channel = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Show what would differ, and whether it could be sent."),
    ] = False,
    anyway: Annotated[
        bool, typer.Option("--anyway", help="Save it though it could not be sent either.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    output: FormatOption = Format.TABLE,
) -> None:
    """Correct an order that is parked, due or given up, and make it due. What stood there is kept.

    `iomconnector order show NUMBER --document` prints the fields that there are.
    """
    edit = _edit(sets or [], unset or [], document)
    if not dry_run and not reason.strip():
        raise ReasonMissingError("A correction needs a reason.", hint="Add --reason; it is kept for good.")
    invocation = invocation_of(context)

    async def drafted(application: Application) -> CorrectionDraft:
        request = (await chosen_export(application, number, channel)).request
        return await application.correct_orders.draft(request.channel, number, edit)

    draft = invocation.run(drafted)
    if output is Format.JSON:
        if dry_run:
            print_json(_facts(draft))
            return
    else:
        _print(draft)
    if dry_run:
        return
    if draft.problem and not anyway:
        raise StillBrokenError(
            f"Order {number} could not be sent even then: {draft.problem}",
            hint="Correct that as well, or add --anyway.",
            order=number,
        )
    if not yes and not _asked(number, output):
        return

    async def saved(application: Application) -> None:
        await application.correct_orders.save(draft, by=acting_user(), reason=reason)

    invocation.run(saved)
    if output is Format.JSON:
        print_json({**_facts(draft), "saved": True})
    else:
        typer.echo(f"Order {number} is corrected. `iomconnector order export` sends it.")


def _asked(number: str, output: Format) -> bool:
    if output is Format.JSON or not sys.stdin.isatty():
        raise typer.BadParameter("Nobody can be asked here: add --yes to save it, or --dry-run.")
    return typer.confirm(f"Correct order {number} like that?", err=True)


def _edit(sets: Sequence[str], unset: Sequence[str], document: str | None) -> Callable[[Any], Any]:
    if not (sets or unset or document):
        raise typer.BadParameter("Say what to correct: --set PATH=TEXT, --unset PATH or --document FILE.")
    assigned = [_assignment(text) for text in sets]
    whole = _read(document) if document is not None else None

    def edit(before: Any) -> Any:
        changed = before if whole is None else whole
        if changed is None:
            raise CorrectionError(
                "What stands in the database is no JSON document, so no field of it can be set.",
                hint="Give the whole order with --document FILE.",
            )
        for path, value in assigned:
            changed = with_field(changed, path, value)
        for path in unset:
            changed = with_field(changed, path, ABSENT)
        return changed

    return edit


def _assignment(text: str) -> tuple[str, Any]:
    path, sign, value = text.partition("=")
    if not sign or not path:
        raise typer.BadParameter(f"{text!r} is not PATH=TEXT or PATH:=JSON.", param_hint="--set")
    if path.endswith(":"):
        return path[:-1], parse_json(value)
    return path, value


def _read(document: str) -> Any:
    if document == "-":
        return parse_json(sys.stdin.buffer.read())
    try:
        return parse_json(Path(document).read_bytes())
    except OSError as error:
        raise typer.BadParameter(
            f"{document} cannot be read: {error.strerror or error}.", param_hint="--document"
        ) from None


def _facts(draft: CorrectionDraft) -> dict[str, Any]:
    return {
        "number": draft.summary.request.number,
        "channel": draft.summary.request.channel,
        "differences": [
            {
                "path": each.path,
                "before": None if each.before is ABSENT else each.before,
                "after": None if each.after is ABSENT else each.after,
            }
            for each in draft.differences
        ],
        "problem": draft.problem,
        "unchecked": draft.unchecked,
        "notes": list(draft.notes),
        "saved": False,
    }


def _print(draft: CorrectionDraft) -> None:
    print_table(
        f"Order {draft.summary.request.number} of {draft.summary.request.channel}",
        ("Field", "Before", "After"),
        [(each.path, _shown(each.before), _shown(each.after)) for each in draft.differences],
    )
    if draft.problem:
        typer.echo(f"It could not be sent even then: {draft.problem}")
    elif draft.unchecked:
        typer.echo(f"Whether it can be sent then could not be found out: {draft.unchecked}")
    else:
        typer.echo("It can be sent then, as far as can be told without sending it.")
    for note in draft.notes:
        typer.echo(f"note: {note}")


def _shown(value: Any) -> str:
    if value is ABSENT:
        return "(nothing)"
    return value if isinstance(value, str) else exact_json(value)
