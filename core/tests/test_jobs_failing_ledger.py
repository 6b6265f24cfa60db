"""The embedded engine when its ledger fails, and while an export takes longer than its lease."""

import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from iomconnector.errors import StorageError
from iomconnector.testing.contracts.order_storage import LEASE
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.export_stage import ExportStage
from iomconnector.testing.watched_ledger import WatchedExportLedger

SHORT_LEASE = timedelta(milliseconds=30)


@in_event_loop
async def test_a_ledger_that_fails_is_survived_and_logged() -> None:
    stage = ExportStage()
    to_fail = ["claim", "claim", "next_moments"]

    async def fail(operation: str) -> None:
        if to_fail[:1] == [operation]:
            to_fail.pop(0)
            stage.changed()
            raise StorageError(f"{operation}: the disk is full.")

    await stage.storage.place("1", "2")
    stop = asyncio.Event()
    exporter = stage.exporter(WatchedExportLedger(stage.storage.ledger, fail), poll_interval=0.001)
    with capture_logs() as logs:
        running = asyncio.create_task(exporter.run(stop))
        await stage.until(lambda: not to_fail)
        await stage.until_exported(2)
        stop.set()
        await running
    assert stage.numbers == ["1", "2"]
    assert [entry["error"] for entry in logs if entry["log_level"] == "error"] == [
        "claim: the disk is full.",
        "claim: the disk is full.",
        "next_moments: the disk is full.",
    ]


@in_event_loop
async def test_outcomes_that_cannot_be_written_are_told_and_found_out_after_the_lease() -> None:
    stage = ExportStage()
    broken = True

    async def fail(operation: str) -> None:
        if broken and operation.startswith("record_"):
            raise StorageError("The disk is full.")

    await stage.storage.place(*map(str, range(10)))
    exporter = stage.exporter(WatchedExportLedger(stage.storage.ledger, fail))
    with capture_logs() as logs, pytest.raises(StorageError, match="The disk is full"):
        await exporter.drain()
    assert sorted(entry["order"] for entry in logs if "order" in entry) == stage.numbers
    broken = False
    await exporter.drain()
    stage.clock.advance(LEASE)
    await exporter.drain()
    assert await stage.counts() == {"exported": 10}
    assert stage.numbers == sorted(map(str, range(10))), "none was sent twice"


@in_event_loop
async def test_signs_of_life_keep_the_lease_of_a_long_export() -> None:
    stage = ExportStage()
    signs = 0

    async def let_time_pass(operation: str) -> None:
        nonlocal signs
        if operation == "extend":
            signs += 1
            stage.clock.advance(SHORT_LEASE / 3)
            stage.changed()

    await stage.storage.place("long")
    gate = stage.service.hold("long")
    ledger = WatchedExportLedger(stage.storage.ledger, let_time_pass)
    began = stage.clock.now()
    draining = asyncio.create_task(stage.exporter(ledger, lease=SHORT_LEASE).drain())
    await stage.until(lambda: signs >= 9)
    assert stage.clock.now() - began >= 3 * SHORT_LEASE
    assert await stage.storage.claimed_numbers() == [], "nobody else may take it"
    gate.opened.set()
    await draining
    assert [result.lost_lease for result in stage.results] == [False]
    assert await stage.counts() == {"exported": 1}


@in_event_loop
async def test_a_sign_of_life_that_cannot_be_given_is_logged_and_given_again() -> None:
    stage = ExportStage()
    signs = 0

    async def fail(operation: str) -> None:
        nonlocal signs
        if operation == "extend":
            signs += 1
            stage.changed()
            raise StorageError("The database is locked.")

    await stage.storage.place("long")
    gate = stage.service.hold("long")
    exporter = stage.exporter(WatchedExportLedger(stage.storage.ledger, fail), lease=SHORT_LEASE)
    with capture_logs() as logs:
        draining = asyncio.create_task(exporter.drain())
        await stage.until(lambda: signs >= 2)
        gate.opened.set()
        await draining
    warnings = [entry["event"] for entry in logs if entry["log_level"] == "warning"]
    assert set(warnings) == {"leases were not prolonged"}
    assert await stage.counts() == {"exported": 1}
