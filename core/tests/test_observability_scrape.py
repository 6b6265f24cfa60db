"""What a scrape gives: what was counted, the shared state, and never a failure."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from iomconnector.errors import StorageError
from iomconnector.model.endpoint_shares import Demand, Standing
from iomconnector.model.endpoints import Endpoint, EndpointRule, Report
from iomconnector.model.exports import ExportPause, ExportState
from iomconnector.observability.observed_messages import ObservedMessageLog
from iomconnector.observability.outgoing import OutgoingRequest
from iomconnector.observability.scrape import Scrape
from iomconnector.observability.telemetry import Telemetry
from iomconnector.ports.export_queries import ChannelBacklog
from iomconnector.ports.job_engine import JobCounts, JobSnapshot, ScheduleState
from iomconnector.testing.contracts.order_storage import OrderStorage
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory.clock import ManualClock
from iomconnector.testing.memory.endpoint_states import MemoryEndpointStates
from iomconnector.testing.memory.message_log import MemoryMessageLog
from iomconnector.testing.samples import CHANNEL, NOON, OTHER_CHANNEL, sample_message
from iomconnector.usecases.export_orders import ExportResult

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


@dataclass
class Sources:
    """What is scraped, with faults to order."""

    clock: ManualClock = field(default_factory=ManualClock)
    endpoints: MemoryEndpointStates = field(default_factory=MemoryEndpointStates)
    before_backlog: Callable[[], Awaitable[None]] | None = None
    looks: int = 0

    async def backlog(self, *, now: datetime) -> Sequence[ChannelBacklog]:
        self.looks += 1
        if self.before_backlog is not None:
            await self.before_backlog()
        counts: dict[ExportState, int] = {
            state: 0 for state in ExportState if state is not ExportState.EXPORTED
        }
        pause = ExportPause(OTHER_CHANNEL, "anna", NOON, "stocktaking")
        return [
            ChannelBacklog(
                CHANNEL, {**counts, ExportState.DUE: 3, ExportState.PARKED: 1}, 2, now - timedelta(hours=1),
                now, None,
            ),
            ChannelBacklog(OTHER_CHANNEL, counts, 0, None, None, pause),
        ]  # fmt: skip

    async def all(self) -> Sequence[Standing]:
        return await self.endpoints.all()

    async def snapshot(self) -> JobSnapshot:
        return JobSnapshot(
            (JobCounts("sweep", 2, 1, 0, timedelta(seconds=7), handled=True),),
            (
                ScheduleState(
                    "sweep", "* * * * *", NOON + timedelta(minutes=1), None, running=False, handled=True
                ),
            ),
        )

    def scrape(self, telemetry: Telemetry, **options: Any) -> Scrape:
        sources: Any = self
        return Scrape(telemetry, sources, sources, lambda: sources, self.clock, **options)


async def samples(scrape: Scrape, *, ready: bool | None = True) -> Samples:
    text, content_type = await scrape.page(ready=ready)
    assert content_type.startswith("text/plain")
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
    }


def value(found: Samples, name: str, **labels: str) -> float:
    return found[name, frozenset(labels.items())]


@in_event_loop
async def test_the_shared_state_is_told() -> None:
    sources = Sources()
    endpoint = Endpoint("https://oms.example.com shop 1", EndpointRule(open_after=1))
    lease = timedelta(minutes=1)
    await sources.endpoints.sync(endpoint, "worker 1", Report(), Demand(5), now=NOON, lease=lease)
    found = await samples(sources.scrape(Telemetry()))
    assert value(found, "iomconnector_exports_open", channel=CHANNEL, state="due") == 3
    assert value(found, "iomconnector_exports_open", channel=CHANNEL, state="parked") == 1
    assert value(found, "iomconnector_exports_due_now", channel=CHANNEL) == 2
    assert value(found, "iomconnector_oldest_due_seconds", channel=CHANNEL) == 3600
    assert value(found, "iomconnector_oldest_due_seconds", channel=OTHER_CHANNEL) == 0
    assert value(found, "iomconnector_channel_paused", channel=OTHER_CHANNEL) == 1
    assert value(found, "iomconnector_endpoint_circuit", endpoint=endpoint.name, state="closed") == 1
    assert value(found, "iomconnector_endpoint_circuit", endpoint=endpoint.name, state="open") == 0
    assert value(found, "iomconnector_endpoint_permits", endpoint=endpoint.name) == 5
    assert value(found, "iomconnector_endpoint_workers", endpoint=endpoint.name) == 1
    assert value(found, "iomconnector_jobs", kind="sweep", state="queued") == 2
    assert value(found, "iomconnector_job_oldest_seconds", kind="sweep") == 7
    assert value(found, "iomconnector_schedule_last_run_timestamp_seconds", schedule="sweep") == 0
    assert value(found, "iomconnector_ready") == 1
    for source in ("exports", "endpoints", "jobs"):
        assert value(found, "iomconnector_source_up", source=source) == 1
    await sources.endpoints.sync(
        endpoint, "worker 1", Report(failures=1, code="x"), Demand(5), now=NOON, lease=lease
    )
    found = await samples(sources.scrape(Telemetry()))
    assert value(found, "iomconnector_endpoint_circuit", endpoint=endpoint.name, state="open") == 1


@in_event_loop
async def test_a_source_that_fails_or_hangs_fails_no_scrape() -> None:
    sources, telemetry, hanging = Sources(), Telemetry(), asyncio.Event()
    scrape = sources.scrape(telemetry, seconds=0.05)

    async def fail() -> None:
        raise StorageError("The database is gone.")

    async def hang() -> None:
        await hanging.wait()

    telemetry.placed(CHANNEL)
    for failures, fault in enumerate((fail, hang), 1):
        sources.before_backlog = fault
        found = await samples(scrape)
        assert value(found, "iomconnector_source_up", source="exports") == 0
        assert value(found, "iomconnector_scrape_errors_total", source="exports") == failures
        assert value(found, "iomconnector_source_up", source="jobs") == 1
        assert value(found, "iomconnector_orders_placed_total", channel=CHANNEL) == 1
        assert not any(name == "iomconnector_exports_open" for name, _ in found)
    looks = sources.looks
    await samples(scrape)
    assert sources.looks == looks, "a source that hangs is not asked again before it answers"
    hanging.set()
    sources.before_backlog = None
    found = await samples(scrape)
    assert value(found, "iomconnector_source_up", source="exports") == 1
    await scrape.aclose()


@in_event_loop
async def test_many_scrapes_at_once_are_one_look() -> None:
    sources = Sources()
    scrape = sources.scrape(Telemetry())
    await asyncio.gather(*(samples(scrape) for _ in range(20)))
    assert sources.looks == 1


@in_event_loop
async def test_what_becomes_of_attempts_is_counted() -> None:
    clock = ManualClock()
    telemetry = Telemetry(now=clock.now)
    shop = OrderStorage.in_memory(clock)
    await shop.place("1", "2", "3", "4")
    claims = await shop.claim()
    clock.advance(timedelta(seconds=40))
    states = (ExportState.EXPORTED, ExportState.PARKED, ExportState.DUE)
    for claim, state in zip(claims, states, strict=False):
        async with telemetry.working_on(claim) as attempt:
            attempt.ended(ExportResult(claim, state))
    async with telemetry.working_on(claims[3]) as attempt:
        attempt.ended(ExportResult(claims[3], ExportState.EXPORTED, lost_lease=True))
    found = await samples(Sources().scrape(telemetry))
    for outcome, count in {"exported": 1, "parked": 1, "postponed": 1, "lost": 1}.items():
        assert value(found, "iomconnector_exports_total", channel=CHANNEL, outcome=outcome) == count
    assert value(found, "iomconnector_leases_lost_total", channel=CHANNEL) == 1
    assert value(found, "iomconnector_attempt_seconds_count", channel=CHANNEL) == 4
    assert value(found, "iomconnector_placed_to_exported_seconds_sum", channel=CHANNEL) == 40
    assert value(found, "iomconnector_placed_to_exported_seconds_count", channel=CHANNEL) == 1


def request_of(service: str) -> OutgoingRequest:
    return OutgoingRequest(service, CHANNEL, "POST", "/orders", "https://oms.example.com", "m-1")


@in_event_loop
async def test_requests_messages_commits_and_caches_are_counted() -> None:
    telemetry = Telemetry()
    with telemetry.calling(request_of("export")) as request:
        request.answered(503)
    with telemetry.calling(request_of("export")) as request:
        request.failed("IomUnreachable")
    log = ObservedMessageLog(MemoryMessageLog(), telemetry)
    message = sample_message()
    await log.record(message)
    with pytest.raises(StorageError):
        await log.record(message)
    telemetry.committed(7, 0.004)
    telemetry.looked_up("services", hit=True)
    telemetry.looked_up("services", hit=False)
    telemetry.exporting(on=True)
    found = await samples(Sources().scrape(telemetry))
    for status in ("5xx", "none"):
        labels = {"service": "export", "method": "POST", "status": status}
        assert value(found, "iomconnector_request_seconds_count", **labels) == 1
    assert value(found, "iomconnector_message_log_failures_total") == 1
    assert value(found, "iomconnector_commit_writes_sum") == 7
    assert value(found, "iomconnector_commit_seconds_count") == 1
    for result in ("hit", "miss"):
        assert value(found, "iomconnector_cache_lookups_total", cache="services", result=result) == 1
    assert value(found, "iomconnector_exporting") == 1
    assert value(found, "process_resident_memory_bytes") > 0


@in_event_loop
async def test_two_systems_in_one_process_count_apart() -> None:
    one, other = Telemetry(), Telemetry()
    one.placed(CHANNEL)
    found = await samples(Sources().scrape(other))
    assert not any(name == "iomconnector_orders_placed_total" for name, _ in found)
