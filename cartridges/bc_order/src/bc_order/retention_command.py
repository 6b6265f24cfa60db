"""``iomconnector retention``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import typer

from iomconnector.application import Application
from iomconnector.cli.invocation import invocation_of
from iomconnector.cli.progress import progress_bar
from iomconnector.cli.terminal import Format, FormatOption, print_json, print_table
from iomconnector.model.retention import Kept, RetentionRule

app = typer.Typer()


@app.command("retention")
def retention(
    context: typer.Context,
    plan: Annotated[bool, typer.Option("--plan", help="Say how much would be removed now.")] = False,
    run: Annotated[bool, typer.Option("--run", help="Remove it.")] = False,
    output: FormatOption = Format.TABLE,
) -> None:
    """Remove what is older than the settings message_body_days, message_days, attempt_days, audit_days and
    order_content_days say.

    Every running process does so once a night, one of them at a time. What an order needs that is not settled
    stays, however old it is.
    """
    if plan == run:
        raise typer.BadParameter("Choose one of the two.", param_hint="--plan, --run")

    async def work(application: Application) -> tuple[RetentionRule, Mapping[Kept, int]]:
        use_case = application.retention
        if plan:
            return use_case.rule, await use_case.plan()
        with progress_bar("removing") as advance:
            return use_case.rule, await use_case.run(advance)

    rule, counts = invocation_of(context).run(work)
    if output is Format.JSON:
        print_json(
            {
                "days": {kept.value: rule.days.get(kept) for kept in Kept},
                "to_remove" if plan else "removed": {kept.value: counts.get(kept, 0) for kept in Kept},
            }
        )
        return
    rows = [
        (kept.value, f"{rule.days[kept]} days" if kept in rule.days else "for good", str(counts.get(kept, 0)))
        for kept in Kept
    ]
    print_table("", ("What", "Kept", "To remove" if plan else "Removed"), rows)
