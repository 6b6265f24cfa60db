"""What the job engine of a process is told to do, and how a process that serves runs it."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog

from iomconnector.application import Application
from iomconnector.cartridges.loaded import HookError
from iomconnector.hooks import hookimpl
from iomconnector.jobs.hints import EXPORTS_DUE, hint_handler
from iomconnector.jobs.housekeeping import Sweep
from iomconnector.jobs.offered import JobHandler, Schedule
from iomconnector.jobs.registering import register_jobs
from iomconnector.model.exports import ExportState
from iomconnector.ports.job_engine import Job, JobAttempt, JobEngineError
from iomconnector.ports.session_store import StoredSession
from iomconnector.storage.order_repository import SqlOrderRepository
from iomconnector.storage.session_store import SqlSessionStore
from iomconnector.testing.contracts.job_engine import working
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import ManualClock
from iomconnector.testing.samples import CHANNEL, CONTEXTS, sample_order

Systems = Callable[..., AbstractAsyncContextManager[Application]]
PATIENCE = 30


class Called:
    """An exporter that notes that it was called."""

    def __init__(self) -> None:
        self.woken = asyncio.Event()

    def wake(self) -> None:
        self.woken.set()


class Parcels:
    """A cartridge with a job and a schedule."""

    def __init__(self) -> None:
        self.done: asyncio.Queue[JobAttempt] = asyncio.Queue()

    @hookimpl
    def iomconnector_jobs(self, application: Application) -> list[JobHandler | Schedule]:
        return [
            JobHandler("print label", self.done.put, concurrency=2),
            Schedule("collect parcels", "0 18 * * *", application.sign_in.forget_what_is_over),
        ]


def offering(*offered: Any) -> object:
    class Offers:
        @hookimpl
        def iomconnector_jobs(self) -> Any:
            return list(offered)

    return Offers()


async def nothing(*_: object) -> None:
    raise AssertionError


@in_event_loop
async def test_cartridges_and_core_give_the_engine_what_it_does(application: Systems) -> None:
    parcels = Parcels()
    async with application(parcels) as system:
        register_jobs(system)
        async with working(system.job_engine):
            await system.job_engine.announce([Job("print label", {"parcel": "4711"})])
            attempt = await asyncio.wait_for(parcels.done.get(), PATIENCE)
            schedules = (await system.job_engine.snapshot()).schedules
    assert attempt.payload == {"parcel": "4711"}
    assert [(each.name, each.cron) for each in schedules] == [
        ("collect parcels", "0 18 * * *"),
        ("order states", "*/1 * * * *"),
        ("removal of old customer sessions", "22 * * * *"),
        ("removal of old hints", "* * * * *"),
        ("removal of old reservations", "12 3 * * *"),
        ("removal of old sessions", "17 * * * *"),
        ("removal of old tokens", "27 * * * *"),
        ("retention", "23 2 * * *"),
        ("sweep of the export ledger", "* * * * *"),
        ("sweep of the reservations", "* * * * *"),
    ]


@pytest.mark.parametrize(
    ("offered", "said"),
    [
        ((Schedule("sweep of the export ledger", "* * * * *", nothing),), "Offers: There are two schedules"),
        ((JobHandler("a", nothing), JobHandler("a", nothing)), "Offers: The jobs 'a' have two handlers"),
        ((Schedule("a", "never", nothing),), "Offers: The schedule 'a' has the times 'never'"),
    ],
)
@in_event_loop
async def test_what_cannot_be_used_names_its_cartridge(
    application: Systems, offered: tuple[object, ...], said: str
) -> None:
    async with application(offering(*offered)) as system:
        with pytest.raises(JobEngineError, match=said):
            register_jobs(system)


@in_event_loop
async def test_something_else_than_a_job_is_refused(application: Systems) -> None:
    async with application(offering(nothing)) as system:
        with pytest.raises(HookError, match="Offers: iomconnector_jobs: offers function, neither"):
            register_jobs(system)


@in_event_loop
async def test_a_hint_has_the_exporter_look_at_the_ledger(application: Systems) -> None:
    exporter = Called()
    async with application() as system:
        handler = hint_handler(exporter)
        system.job_engine.handle(handler.kind, handler.handle)
        async with working(system.job_engine):
            await system.job_engine.announce([Job(EXPORTS_DUE, {"channel": "any"})])
            await asyncio.wait_for(exporter.woken.wait(), PATIENCE)


@in_event_loop
async def test_the_sweep_finds_what_no_job_told_of_and_says_what_is_late(application: Systems) -> None:
    exporter = Called()
    async with application() as system:
        for context in CONTEXTS:
            await system.contexts.save(context)
        sweep = Sweep(system, exporter)
        await sweep()
        assert not exporter.woken.is_set()
        earlier = ManualClock(datetime.now(UTC) - timedelta(minutes=7))
        await SqlOrderRepository(system.database, earlier).place([(sample_order(), ExportState.DUE)])
        with structlog.testing.capture_logs() as logs:
            await sweep()
        assert exporter.woken.is_set()
    assert [(log["event"], log["channel"], log["minutes"]) for log in logs] == [
        ("exports are late", CHANNEL, 7)
    ]


@in_event_loop
async def test_the_removal_of_old_sessions_leaves_those_in_use(application: Systems) -> None:
    now = datetime.now(UTC)
    async with application() as system:
        sessions = SqlSessionStore(system.database)
        for digit, seen_at in (("a", now - timedelta(hours=2)), ("b", now)):
            await sessions.save(
                StoredSession(
                    digit * 64, "anna", 1, now - timedelta(hours=3), seen_at, now + timedelta(hours=1)
                )
            )
        await system.sign_in.forget_what_is_over()
        assert await sessions.find("a" * 64) is None
        assert await sessions.find("b" * 64) is not None


def test_the_library_is_not_imported_before_it_is_needed() -> None:
    look = "import sys, iomconnector.container; print([m for m in sys.modules if m.startswith('pgqueuer')])"
    found = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"
