"""``iomconnector order export``, ``preview`` and ``check``."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Annotated, Any

import typer

from bc_order.choosing import chosen_order
from bc_order.exact_json import exact_json
from bc_order.options import Channel, Number
from iomconnector.application import Application
from iomconnector.cli.invocation import invocation_of
from iomconnector.cli.progress import progress_bar
from iomconnector.cli.terminal import Format, FormatOption, print_json, print_table
from iomconnector.errors import ConnectorError, StorageError
from iomconnector.jobs.work_off import ExportRun, work_off
from iomconnector.model.export_filters import ExportFilter, ExportOrder
from iomconnector.model.exports import ExportRequest, ExportState
from iomconnector.ports.export_queries import UnreadableOrder
from iomconnector.ports.order_repository import StoredOrder
from iomconnector.usecases.check_orders import CheckedOrder, Verdict, check_order
from iomconnector.usecases.export_orders import ExportResult

PAGE = 200
SHOWN_NUMBERS = 5
_UNFINISHED = (ExportState.DUE, ExportState.SENDING, ExportState.PARKED)


def export(
    context: typer.Context,
    wait: Annotated[
        float, typer.Option(min=0, help="Seconds to go on for orders that must be tried again later.")
    ] = 0,
    now: Annotated[
        bool, typer.Option("--now", help="Do not keep to the waits before another attempt.")
    ] = False,
    output: FormatOption = Format.TABLE,
) -> None:
    """Export every order that is due.

    Exit code 0: nothing is left to do. 1: orders are parked or wait for another attempt.

    Exit code 4: the order management system refused the service itself or cannot be reached.
    """

    async def work(application: Application) -> tuple[ExportRun, Mapping[ExportState, int]]:
        if now:
            await application.ledger.expedite(at=application.clock.now())
        before = await application.ledger.counts()
        total = before[ExportState.DUE] + before[ExportState.SENDING]
        with progress_bar("exporting", total) as advance:

            def observe(result: ExportResult) -> None:
                if result.state.settled:
                    advance(1)

            run = await work_off(application, wait=wait, observe=observe)
        return run, await application.ledger.counts()

    run, counts = invocation_of(context).run(work)
    _print_run(run, counts, output)
    if run.exit_code or any(counts[state] for state in _UNFINISHED):
        raise typer.Exit(run.exit_code or 1)


def preview(context: typer.Context, number: Number, channel: Channel = None) -> None:
    """Print the document that would be sent, and what it would lose; nothing is sent."""

    async def work(application: Application) -> tuple[Mapping[str, Any], Sequence[str]]:
        stored = await chosen_order(application, number, channel)
        service = await application.export_service(stored.request.channel)
        return service.preview(stored.placed), service.notes(stored.placed)

    document, notes = invocation_of(context).run(work)
    typer.echo(exact_json(document))
    for note in notes:
        typer.echo(f"note: {note}", err=True)


def check(context: typer.Context, output: FormatOption = Format.TABLE) -> None:
    """Compare every exported order with its copy in the order management system, one by one.

    Exit code 0: all agree. 1: some do not. 4: the order management system could not be asked for some.
    """

    async def work(application: Application) -> list[CheckedOrder]:
        with progress_bar("comparing") as advance:
            checked = []
            async for batch in _exported(application):
                checked += await asyncio.gather(*(_compared(application, *each) for each in batch))
                advance(len(batch))
            return checked

    checked = invocation_of(context).run(work)
    wrong = [each for each in checked if each.verdict is not Verdict.SAME]
    if output is Format.JSON:
        print_json({"agree": len(checked) - len(wrong), "disagree": [_content(each) for each in wrong]})
    else:
        typer.echo(f"{len(checked) - len(wrong)} of {len(checked)} exported orders agree on both sides.")
        rows = _by_verdict(wrong)
        if rows:
            print_table(
                "These do not, or could not be compared", ("Orders", "Channel", "Verdict", "Detail"), rows
            )
    if wrong:
        raise typer.Exit(4 if all(each.verdict is Verdict.UNKNOWN for each in wrong) else 1)


async def _compared(
    application: Application, request: ExportRequest, order: StoredOrder | UnreadableOrder
) -> CheckedOrder:
    if isinstance(order, UnreadableOrder):
        return CheckedOrder(request.channel, request.number, Verdict.UNKNOWN, order.problem)
    try:
        return await check_order(application, order)
    except StorageError:
        raise
    except ConnectorError as error:
        return CheckedOrder(request.channel, request.number, Verdict.UNKNOWN, str(error))


async def _exported(
    application: Application,
) -> AsyncIterator[Sequence[tuple[ExportRequest, StoredOrder | UnreadableOrder]]]:
    exported, after = ExportFilter(states=(ExportState.EXPORTED,)), None
    while True:
        page = await application.export_queries.page(
            exported, order=ExportOrder.OLDEST, after=after, limit=PAGE
        )
        requests = [each.request for each in page.rows]
        found = await application.export_queries.orders([request.order_id for request in requests])
        yield [(request, found[request.order_id]) for request in requests if request.order_id in found]
        after = page.next
        if after is None:
            return


def _by_verdict(wrong: Sequence[CheckedOrder]) -> list[tuple[str, str, str, str]]:
    """A row for each verdict and detail, with the first orders that it concerns."""
    alike: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
    for each in wrong:
        alike[each.channel, each.verdict.value, each.detail.replace(each.number, "…")].append(each.number)
    return [
        (
            ", ".join(numbers[:SHOWN_NUMBERS])
            + (f" and {len(numbers) - SHOWN_NUMBERS} more" if len(numbers) > SHOWN_NUMBERS else ""),
            channel,
            verdict,
            detail,
        )
        for (channel, verdict, detail), numbers in alike.items()
    ]


def _content(checked: CheckedOrder) -> dict[str, str]:
    return {
        "number": checked.number,
        "channel": checked.channel,
        "verdict": checked.verdict.value,
        "detail": checked.detail,
    }


def _print_run(run: ExportRun, counts: Mapping[ExportState, int], output: Format) -> None:
    if output is Format.JSON:
        print_json(
            {
                "exported": run.exported,
                "attempts": run.attempts,
                "parked": [_result(each) for each in run.parked],
                "waiting": [_result(each) for each in run.waiting],
                "counts": {state.value: count for state, count in counts.items()},
            }
        )
        return
    typer.echo(
        f"{run.exported} exported in {run.attempts} attempt{'' if run.attempts == 1 else 's'}, "
        f"{len(run.parked)} parked, "
        f"{len(run.waiting)} to be tried again."
    )
    rows = [
        (each.claim.request.number, each.claim.request.channel, each.state.value, each.reason)
        for each in (*run.parked, *run.waiting)
    ]
    if rows:
        print_table("Not exported", ("Order", "Channel", "Export", "Reason"), rows)
    left = [f"{counts[state]} {state.value}" for state in _UNFINISHED if counts[state]]
    if left:
        typer.echo(f"Left in all: {', '.join(left)}. `iomconnector order list` shows them.")


def _result(result: ExportResult) -> dict[str, str]:
    request = result.claim.request
    return {"number": request.number, "channel": request.channel, "reason": result.reason}
