"""``iomconnector order retry``, ``expedite``, ``give-up`` and ``replay``: for one order, or for many."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer

from bc_order.act_plans import plan_facts, print_plan
from bc_order.choosing import chosen_export
from bc_order.export_filter_options import takes_filter
from iomconnector.application import Application
from iomconnector.cli.acting_user import acting_user
from iomconnector.cli.invocation import Invocation, invocation_of
from iomconnector.cli.progress import progress_bar
from iomconnector.cli.terminal import Format, FormatOption, print_json
from iomconnector.model.export_acts import ExportAct
from iomconnector.model.export_filters import ANY, ExportFilter, ExportSummary
from iomconnector.model.exports import ExportState
from iomconnector.usecases.export_act_plans import ActPlan
from iomconnector.usecases.operate_exports import ActRun

OneOrMany = Annotated[
    str | None,
    typer.Argument(metavar="[NUMBER]", help="The order's number; without it, the options choose."),
]
All = Annotated[bool, typer.Option("--all", help="Every order with which it is possible.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would happen, and change nothing.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
Plan = Annotated[
    str | None,
    typer.Option("--plan", help="Run just what a dry run showed, by the token that it printed as JSON."),
]


@takes_filter()
def retry(
    context: typer.Context,
    wanted: ExportFilter,
    number: OneOrMany = None,
    reason: Annotated[str, typer.Option(help="Why, for the record.")] = "",
    all_of_them: All = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    plan: Plan = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Make parked or given-up orders due again. The order management system is asked before it is sent to."""
    call = _Call(context, ExportAct.RETRY, reason, wanted, dry_run, yes, plan, output)
    call.run(number, all_of_them, "Order {number} is {state}. `iomconnector order export` sends it.")


@takes_filter()
def expedite(
    context: typer.Context,
    wanted: ExportFilter,
    number: OneOrMany = None,
    all_of_them: All = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    plan: Plan = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Try orders again at once that wait for another attempt."""
    call = _Call(context, ExportAct.EXPEDITE, "", wanted, dry_run, yes, plan, output)
    call.run(number, all_of_them, "Order {number} is tried again at once.")


@takes_filter()
def give_up(
    context: typer.Context,
    wanted: ExportFilter,
    reason: Annotated[str, typer.Option(help="Why. It is kept for good.")],
    number: OneOrMany = None,
    all_of_them: All = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    plan: Plan = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Do not export orders that are parked, due or wait for approval. They stay in the shop."""
    call = _Call(context, ExportAct.GIVE_UP, reason, wanted, dry_run, yes, plan, output)
    call.run(number, all_of_them, "Order {number} is given up. `iomconnector order retry` takes it up again.")


@takes_filter()
def replay(
    context: typer.Context,
    wanted: ExportFilter,
    number: OneOrMany = None,
    reason: Annotated[str, typer.Option(help="Why, for the record.")] = "",
    all_of_them: All = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    plan: Plan = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Look whether exported orders are in the order management system, and send those that are not."""
    call = _Call(context, ExportAct.REPLAY, reason, wanted, dry_run, yes, plan, output)
    call.run(number, all_of_them, "Order {number} is due. `iomconnector order export` looks for it.")


class _Call:
    """One call of such a command."""

    def __init__(
        self,
        context: typer.Context,
        act: ExportAct,
        reason: str,
        wanted: ExportFilter,
        dry_run: bool,
        yes: bool,
        plan: str | None,
        output: Format,
    ) -> None:
        self._invocation: Invocation = invocation_of(context)
        self._act = act
        self._reason = reason
        self._wanted = wanted
        self._dry_run = dry_run
        self._yes = yes
        self._plan = plan
        self._output = output

    def run(self, number: str | None, all_of_them: bool, done: str) -> None:
        """Do it with one order, or with many."""
        if number is None:
            if self._wanted == ANY and not all_of_them and self._plan is None:
                raise typer.BadParameter(
                    "Name an order, choose orders with options such as --state or --code, or give --all.",
                    param_hint="NUMBER",
                )
            self._many()
        elif self._dry_run or all_of_them or self._plan is not None:
            raise typer.BadParameter("--dry-run, --all and --plan are for many orders, without NUMBER.")
        else:
            self._one(number, done)

    def _one(self, number: str, done: str) -> None:
        channel = self._wanted.channels[0] if self._wanted.channels else None

        async def work(application: Application) -> ExportSummary:
            request = (await chosen_export(application, number, channel)).request
            return await application.operate_exports.one(
                self._act, request.channel, number, by=acting_user(), reason=self._reason
            )

        request = self._invocation.run(work).request
        if self._output is Format.JSON:
            print_json({"number": number, "channel": request.channel, "state": request.state.value})
        elif request.state is ExportState.WAITING_FOR_APPROVAL:
            typer.echo(f"Order {number} waits for its approval again.")
        else:
            typer.echo(done.format(number=number, state=request.state.value))

    def _many(self) -> None:
        token = self._plan
        if token is None:
            plan = self._invocation.run(self._planned)
            if not self._confirmed(plan):
                return
            token = plan.token
        run = self._invocation.run(self._runner(token))
        if self._output is Format.JSON:
            print_json({"planned": run.planned, "changed": run.changed, "left_alone": run.left_alone})
        else:
            left = f" {run.left_alone} had changed meanwhile and were left alone." if run.left_alone else ""
            typer.echo(f"{run.changed} of {run.planned} orders: {self._act.value} done.{left}")
        if run.left_alone:
            raise typer.Exit(1)

    async def _planned(self, application: Application) -> ActPlan:
        for channel in self._wanted.channels:
            await application.contexts.path_to(channel)
        return await application.operate_exports.plan(self._act, self._wanted, reason=self._reason)

    def _confirmed(self, plan: ActPlan) -> bool:
        """Show the plan, and find out whether to run it."""
        if self._output is Format.JSON:
            if self._dry_run or not plan.count:
                print_json(plan_facts(plan))
                return False
            if not self._yes:
                raise typer.BadParameter("Add --yes to run it, or --dry-run to see what would happen.")
            return True
        print_plan(plan)
        if self._dry_run or not plan.count:
            return False
        if self._yes:
            return True
        if not sys.stdin.isatty():
            raise typer.BadParameter("Nobody can be asked here: add --yes to run it.")
        return typer.confirm(f"{self._act.value.capitalize()} {plan.count} orders?", err=True)

    def _runner(self, token: str) -> Callable[[Application], Any]:
        async def work(application: Application) -> ActRun:
            count = token.partition(".")[0]
            total = int(count) if count.isdecimal() else None
            with progress_bar(self._act.value.replace(" ", "-"), total) as advance:
                return await application.operate_exports.run(
                    self._act,
                    self._wanted,
                    token=token,
                    by=acting_user(),
                    reason=self._reason,
                    progress=advance,
                )

        return work
