"""``iomconnector job``."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from iomconnector.application import Application
from iomconnector.cli.acting_user import acting_user
from iomconnector.cli.invocation import invocation_of
from iomconnector.cli.terminal import Format, FormatOption, print_json, print_table
from iomconnector.errors import ConfigurationError, NotFoundError
from iomconnector.jobs.registering import register_jobs
from iomconnector.model.audit import AuditEntry
from iomconnector.ports.job_engine import HeldJob, JobCounts, JobSnapshot, ScheduleState

HELD_SHOWN = 100

app = typer.Typer(help="Background jobs and schedules on PostgreSQL.", no_args_is_help=True)


@app.command("list")
def list_jobs(context: typer.Context, output: FormatOption = Format.TABLE) -> None:
    """Show what waits, what is worked on, what failed too often, and when schedules run."""

    async def work(application: Application) -> tuple[JobSnapshot, list[HeldJob]]:
        engine = _shared(application).job_engine
        register_jobs(application, application.exporter(), hints=True)
        return await engine.snapshot(), list(await engine.held(HELD_SHOWN))

    snapshot, held = invocation_of(context).run(work)
    if output is Format.JSON:
        print_json(_document(snapshot, held))
        return
    print_table("Jobs", ("Kind", "Waiting", "Worked on", "Held", "Oldest", ""), map(_jobs_row, snapshot.jobs))
    print_table(
        "Schedules", ("Name", "Times (UTC)", "Next", "Last", ""), map(_schedule_row, snapshot.schedules)
    )
    if held:
        print_table("Held jobs, latest first", ("Id", "Kind", "Tried", "Reason"), map(_held_row, held))


@app.command("release")
def release_jobs(
    context: typer.Context,
    ids: Annotated[list[int], typer.Argument(metavar="ID...", help="Held jobs, as `job list` shows them.")],
) -> None:
    """Have held jobs tried again, with all attempts before them."""

    async def work(application: Application) -> list[int]:
        engine = _shared(application).job_engine
        released = [number for number in dict.fromkeys(ids) if await engine.release([number])]
        for number in released:
            entry = AuditEntry(application.clock.now(), acting_user(), "job.released", str(number))
            await application.audit_trail.record(entry)
        return released

    released = invocation_of(context).run(work)
    if released:
        typer.echo(f"Released: {', '.join(map(str, released))}.")
    if left := [str(number) for number in dict.fromkeys(ids) if number not in released]:
        raise NotFoundError(
            f"Not held, or another job of the same key waits: {', '.join(left)}.",
            hint="See `iomconnector job list`.",
        )


def _shared(application: Application) -> Application:
    if not application.job_engine.shared:
        raise ConfigurationError(
            "Beside SQLite, jobs live in the memory of the process that does them.",
            hint="Its log tells of those that fail. On PostgreSQL they can be seen and released.",
        )
    return application


def _document(snapshot: JobSnapshot, held: list[HeldJob]) -> dict[str, Any]:
    jobs = [
        {**asdict(each), "oldest_age": each.oldest_age and each.oldest_age.total_seconds()}
        for each in snapshot.jobs
    ]
    return {
        "jobs": jobs,
        "schedules": [asdict(each) for each in snapshot.schedules],
        "held": [asdict(each) for each in held],
    }


def _jobs_row(each: JobCounts) -> tuple[str, ...]:
    age = f"{each.oldest_age.total_seconds():.0f} s" if each.oldest_age is not None else ""
    note = "" if each.handled else "parked: no cartridge of this assembly does them"
    return each.kind, str(each.queued), str(each.picked), str(each.held), age, note


def _schedule_row(each: ScheduleState) -> tuple[str, ...]:
    last = f"{each.last_run:%Y-%m-%d %H:%M:%S}" if each.last_run else "never"
    note = "runs now" if each.running else "" if each.handled else "no cartridge of this assembly has it"
    return each.name, each.cron, f"{each.next_run:%Y-%m-%d %H:%M:%S}", last, note


def _held_row(each: HeldJob) -> tuple[str, ...]:
    return str(each.id), each.kind, str(each.attempts), each.reason
