"""``iomconnector reconcile``."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer

from bc_order.moments import end_of, first_moment
from iomconnector.application import Application
from iomconnector.cli.acting_user import acting_user
from iomconnector.cli.invocation import Invocation, invocation_of
from iomconnector.cli.progress import progress_bar
from iomconnector.cli.terminal import Format, FormatOption, print_json, print_table
from iomconnector.model.reconciliation import Disagreement, Finding, Period, Tally
from iomconnector.usecases.reconcile import Comparison

app = typer.Typer()

USUAL_PERIOD = timedelta(days=2)
MOST_MENDED = 10_000
"""So many orders are mended by one call at most; what is left, the next one finds."""


@dataclass(slots=True)
class Report:
    """What a comparison found.

    Arguments:
        period: What was compared.
        channels: In which channels.
        compared_at: When the comparison began.
        orders: How many orders the shop placed there then.
        shown: How many findings are kept to be shown.
        tally: How many orders agree.
        counts: How many orders do not, by how.
        findings: The first of them.
        to_mend: Those that can be mended, up to :data:`MOST_MENDED`.
        mended: How many were mended.
    """

    period: Period
    channels: Sequence[str]
    compared_at: datetime
    orders: int
    shown: int
    tally: Tally = field(default_factory=Tally)
    counts: Counter[Disagreement] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    to_mend: list[Finding] = field(default_factory=list)
    mended: int = 0

    def add(self, finding: Finding) -> None:
        """Count a finding, and keep it if there is room."""
        self.counts[finding.disagreement] += finding.orders
        if len(self.findings) < self.shown:
            self.findings.append(finding)
        if finding.remedy is not None and len(self.to_mend) < MOST_MENDED:
            self.to_mend.append(finding)

    @property
    def exit_code(self) -> int:
        """0: all agree. 1: some do not. 4: none is known to disagree, but some could not be compared."""
        if not self.counts:
            return 0
        return 4 if set(self.counts) == {Disagreement.UNCONFIRMED} else 1


@app.command("reconcile")
def reconcile(
    context: typer.Context,
    start: Annotated[
        str | None,
        typer.Option("--from", help="The first day or moment, UTC unless it says otherwise; two days ago."),
    ] = None,
    end: Annotated[str | None, typer.Option("--to", help="The last day or the end; now.")] = None,
    channel: Annotated[list[str] | None, typer.Option(help="Only this channel; repeatable.")] = None,
    mend: Annotated[
        bool, typer.Option("--mend", help="Make missing and unrecorded orders due again, after the plan.")
    ] = False,
    confirmed: Annotated[bool, typer.Option("--yes", help="Mend without asking.")] = False,
    limit: Annotated[
        int, typer.Option(min=0, max=1_000_000, help="Show at most so many orders; all are counted.")
    ] = 200,
    output: FormatOption = Format.TABLE,
) -> None:
    """Compare the orders that were placed in a period with those of the order management system.

    missing: the shop says exported, but it is not there. different: an order of that number is there, but
    not this one. unknown: it is there, and the shop has no such order. unrecorded: it is there, and the shop
    does not say exported. duplicate: two of them are there. unconfirmed: it could not be compared.

    Exit code 0: all agree. 1: some do not. 4: the order management system could not be asked.
    """
    if mend and not confirmed and (output is Format.JSON or not sys.stdin.isatty()):
        raise typer.BadParameter("Add --yes where nobody can be asked.", param_hint="--mend")
    invocation = invocation_of(context)
    report = _compared(invocation, start, end, channel or (), limit)
    if output is Format.TABLE:
        _print(report)
    if mend and report.to_mend:
        if output is Format.TABLE:
            _print_plan(report)
        if confirmed or typer.confirm(f"Make {len(report.to_mend)} due?"):
            report.mended = _mended(invocation, report)
            if output is Format.TABLE:
                typer.echo(f"{report.mended} made due. An exporter, or `iomconnector order export`, goes on.")
    if output is Format.JSON:
        print_json(_document(report))
    if report.exit_code:
        raise typer.Exit(report.exit_code)


def _compared(
    invocation: Invocation, start: str | None, end: str | None, chosen: Sequence[str], limit: int
) -> Report:
    async def work(application: Application) -> Report:
        now = application.clock.now()
        until = min(now, end_of(end, "--to")) if end else now
        period = Period(first_moment(start, "--from") if start else until - USUAL_PERIOD, until)
        if period.start >= period.end:
            raise typer.BadParameter(
                f"The period ends {period.end:%F %T %Z}, and begins {period.start:%F %T %Z} only.",
                param_hint="--from",
            )
        use_case = application.reconcile
        channels = await use_case.channels(chosen)
        orders = await use_case.orders(channels, period)
        with progress_bar("comparing", orders) as advance:
            comparison = Comparison(period, advance)
            report = Report(period, channels, now, orders, limit, comparison.tally)
            async for finding in use_case.compare(channels, comparison):
                report.add(finding)
        return report

    return invocation.run(work)


def _mended(invocation: Invocation, report: Report) -> int:
    async def work(application: Application) -> int:
        return await application.reconcile.mend(
            report.to_mend, compared_at=report.compared_at, by=acting_user()
        )

    return invocation.run(work)


def _print(report: Report) -> None:
    tally = report.tally
    typer.echo(
        f"{report.period.start:%F %T} to {report.period.end:%F %T} UTC: {report.orders} orders here, "
        f"{tally.there} shown there, {tally.agree} agree"
        + (f" ({tally.erased} but for what was erased here)" if tally.erased else "")
        + (f", {tally.under_way} being sent" if tally.under_way else "")
        + "."
    )
    if not report.counts:
        return
    found = [each for each in Disagreement if report.counts[each]]
    print_table(
        ", ".join(f"{report.counts[each]} {each.value}" for each in found),
        ("Order", "Channel", "Verdict", "Export", "Detail"),
        [
            (
                finding.number or f"({finding.orders} orders)",
                finding.channel or "-",
                finding.disagreement.value,
                finding.state.value if finding.state else "-",
                finding.detail,
            )
            for finding in report.findings
        ],
    )
    left = sum(report.counts.values()) - sum(finding.orders for finding in report.findings)
    if left > 0:
        typer.echo(f"and {left} more: --limit shows them.")
    for each in found:
        typer.echo(f"{each.value}: {each.advice}")


def _print_plan(report: Report) -> None:
    counts = Counter(finding.disagreement.value for finding in report.to_mend)
    wanted = report.counts[Disagreement.MISSING] + report.counts[Disagreement.UNRECORDED]
    typer.echo(
        f"Plan: make {' and '.join(f'{count} {what}' for what, count in counts.items())} due. "
        "The order management system is asked for each before anything is sent."
    )
    if wanted > len(report.to_mend):
        typer.echo(f"{wanted - len(report.to_mend)} stay: erased, not approved, or beyond {MOST_MENDED}.")


def _document(report: Report) -> dict[str, Any]:
    tally = report.tally
    return {
        "from": report.period.start.isoformat(),
        "to": report.period.end.isoformat(),
        "channels": list(report.channels),
        "orders": report.orders,
        "there": tally.there,
        "agree": tally.agree,
        "agree_but_erased": tally.erased,
        "under_way": tally.under_way,
        "counts": {each.value: report.counts[each] for each in Disagreement},
        "findings": [_finding(finding) for finding in report.findings],
        "mended": report.mended,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "verdict": finding.disagreement.value,
        "number": finding.number or None,
        "channel": finding.channel,
        "orders": finding.orders,
        "state": finding.state.value if finding.state else None,
        "created_at": finding.created_at.isoformat() if finding.created_at else None,
        "reference": finding.reference or None,
        "detail": finding.detail,
        "mendable": finding.remedy is not None,
        "advice": finding.disagreement.advice,
    }
