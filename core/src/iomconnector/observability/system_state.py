"""What a scrape reads of the state that all processes share: backlog, endpoints, jobs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from prometheus_client.core import GaugeMetricFamily, Metric

from iomconnector.model.endpoint_shares import Standing
from iomconnector.model.endpoints import CircuitState
from iomconnector.ports.export_queries import ChannelBacklog
from iomconnector.ports.job_engine import JobSnapshot

JOB_STATES: Final = ("queued", "picked", "held")


@dataclass(frozen=True, slots=True)
class GaugeText:
    """A gauge without its values.

    Arguments:
        name: Its name.
        help: What it tells.
        labels: By what it is split.
    """

    name: str
    help: str
    labels: tuple[str, ...]

    def family(self, values: Iterable[tuple[Sequence[str], float]]) -> GaugeMetricFamily:
        """The gauge with values."""
        family = GaugeMetricFamily(self.name, self.help, labels=self.labels)
        for labels, value in values:
            family.add_metric(list(labels), value)
        return family


OPEN = GaugeText(
    "iomconnector_exports_open",
    "Orders that are not exported, by the state of their export.",
    ("channel", "state"),
)
DUE_NOW = GaugeText(
    "iomconnector_exports_due_now",
    "Orders that may be sent now; others that are due wait for another attempt.",
    ("channel",),
)
OLDEST_DUE = GaugeText(
    "iomconnector_oldest_due_seconds",
    "How long ago the export was asked for that is due for the longest time; 0 where none is due.",
    ("channel",),
)
PAUSED = GaugeText(
    "iomconnector_channel_paused", "1 where somebody switched the export of the channel off.", ("channel",)
)
CIRCUIT = GaugeText(
    "iomconnector_endpoint_circuit",
    "1 for the state in which the circuit of an endpoint is, 0 for the others.",
    ("endpoint", "state"),
)
LIMIT = GaugeText(
    "iomconnector_endpoint_limit",
    "So many requests at a time the endpoint bears, of all processes together, as far as is known.",
    ("endpoint",),
)
PERMITS = GaugeText(
    "iomconnector_endpoint_permits", "So many of them the processes hold at present.", ("endpoint",)
)
SENDERS = GaugeText(
    "iomconnector_endpoint_workers", "How many processes send to the endpoint, or wait for it.", ("endpoint",)
)
JOBS = GaugeText("iomconnector_jobs", "Background jobs by kind and state.", ("kind", "state"))
JOB_AGE = GaugeText(
    "iomconnector_job_oldest_seconds",
    "How long ago the oldest waiting job was announced; 0 where none waits.",
    ("kind",),
)
SCHEDULE_LAST = GaugeText(
    "iomconnector_schedule_last_run_timestamp_seconds",
    "When a schedule last ended, in seconds since 1970; 0 where it did not run yet.",
    ("schedule",),
)
SCHEDULE_NEXT = GaugeText(
    "iomconnector_schedule_next_run_timestamp_seconds",
    "When a schedule is due next, in seconds since 1970.",
    ("schedule",),
)
SHARED_GAUGES: Final = (
    OPEN, DUE_NOW, OLDEST_DUE, PAUSED, CIRCUIT, LIMIT, PERMITS, SENDERS, JOBS, JOB_AGE, SCHEDULE_LAST,
    SCHEDULE_NEXT,
)  # fmt: skip


def backlog_gauges(backlog: Sequence[ChannelBacklog], now: datetime) -> Iterator[Metric]:
    """What waits in each channel."""
    yield OPEN.family(
        ((each.channel, state.value), count) for each in backlog for state, count in each.counts.items()
    )
    yield DUE_NOW.family(((each.channel,), each.due_now) for each in backlog)
    yield OLDEST_DUE.family(((each.channel,), _age(each.oldest_due_since, now)) for each in backlog)
    yield PAUSED.family(((each.channel,), int(each.pause is not None)) for each in backlog)


def endpoint_gauges(standings: Sequence[Standing], now: datetime) -> Iterator[Metric]:
    """How each endpoint fares."""
    yield CIRCUIT.family(
        ((each.state.name, state.value), int(each.state.circuit is state))
        for each in standings
        for state in CircuitState
    )
    yield LIMIT.family(((each.state.name,), each.state.limit) for each in standings)
    shares = [(each.state.name, [s for s in each.shares if s.lease_until > now]) for each in standings]
    yield PERMITS.family(((name,), sum(share.permits for share in held)) for name, held in shares)
    yield SENDERS.family(((name,), len(held)) for name, held in shares)


def job_gauges(snapshot: JobSnapshot) -> Iterator[Metric]:
    """What the job engine has to do."""
    yield JOBS.family(
        ((each.kind, state), getattr(each, state)) for each in snapshot.jobs for state in JOB_STATES
    )
    yield JOB_AGE.family(
        ((each.kind,), each.oldest_age.total_seconds() if each.oldest_age else 0) for each in snapshot.jobs
    )
    yield SCHEDULE_LAST.family(
        ((each.name,), each.last_run.timestamp() if each.last_run else 0) for each in snapshot.schedules
    )
    yield SCHEDULE_NEXT.family(((each.name,), each.next_run.timestamp()) for each in snapshot.schedules)


def _age(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())
