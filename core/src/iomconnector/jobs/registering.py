"""What the job engine of a process is told to do: by the core, and by the cartridges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iomconnector.cartridges.loaded import HookError
from iomconnector.jobs.hints import hint_handler
from iomconnector.jobs.housekeeping import core_schedules
from iomconnector.jobs.offered import JobHandler, Schedule
from iomconnector.ports.job_engine import JobEngine, JobEngineError

if TYPE_CHECKING:
    from iomconnector.application import Application
    from iomconnector.jobs.exporter import Exporter

CORE = "iomconnector"
HOOK = "iomconnector_jobs"


def register_jobs(application: Application, exporter: Exporter | None = None, *, hints: bool = False) -> None:
    """Tell the job engine, once in a process and before it runs, what there is to do.

    Arguments:
        application: The system.
        exporter: That of this process; none where it exports nothing.
        hints: Whether it takes hints that exports are due.

    Raises:
        HookError: A cartridge offers what is neither handler nor schedule.
        JobEngineError: Two have one name, or the times of a schedule cannot be read.
    """
    offered: list[tuple[str, object]] = [
        (CORE, schedule) for schedule in core_schedules(application, exporter)
    ]
    if exporter is not None and hints:
        offered.append((CORE, hint_handler(exporter)))
    offered += application.cartridges.collect(HOOK, application=application)
    for cartridge, each in offered:
        try:
            _register(application.job_engine, each)
        except JobEngineError as error:
            raise JobEngineError(f"{cartridge}: {error.message}", hint=error.hint) from error
        except TypeError as error:
            raise HookError(f"{cartridge}: {HOOK}: {error}") from error


def _register(engine: JobEngine, offered: object) -> None:
    if isinstance(offered, JobHandler):
        engine.handle(offered.kind, offered.handle, concurrency=offered.concurrency, retry=offered.retry)
    elif isinstance(offered, Schedule):
        engine.schedule(offered.name, offered.cron, offered.work)
    else:
        raise TypeError(f"offers {type(offered).__name__}, neither JobHandler nor Schedule.")
