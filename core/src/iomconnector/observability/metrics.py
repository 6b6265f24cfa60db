"""What is counted and measured while a process works. [docs/observability.md lists it all]"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.gc_collector import GCCollector
from prometheus_client.process_collector import ProcessCollector

ATTEMPT_BUCKETS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
EXPORT_BUCKETS: Final = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14400, 86400)
REQUEST_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
COMMIT_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5)
GROUP_BUCKETS: Final = (1, 2, 5, 10, 20, 50, 100, 200)


@dataclass(frozen=True, slots=True)
class Described:
    """A metric as it is documented.

    Arguments:
        name: Its name as in queries; a histogram also has ``_bucket``, ``_sum`` and ``_count``.
        kind: ``counter``, ``gauge`` or ``histogram``.
        labels: By what it is split.
        text: What it tells.
    """

    name: str
    kind: str
    labels: tuple[str, ...]
    text: str


class Metrics:
    """The metrics of one system in one process, in a registry of their own.

    Labels are names that people configured: channels, services, routes. Never numbers of orders or customers:
    each value of a label is a time series for ever.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.described: list[Described] = []
        self.placed = self._counter(
            "iomconnector_orders_placed_total",
            "Orders that were placed, each once: the accepting rate.",
            ["channel"],
        )
        self.exports = self._counter(
            "iomconnector_exports_total",
            "Attempts to export an order by outcome: exported (the draining rate), postponed, parked, or "
            "lost to another process.",
            ["channel", "outcome"],
        )
        self.attempt_seconds = self._histogram(
            "iomconnector_attempt_seconds",
            "Seconds that an attempt to export an order took.",
            ["channel"],
            buckets=ATTEMPT_BUCKETS,
        )
        self.placed_to_exported = self._histogram(
            "iomconnector_placed_to_exported_seconds",
            "Seconds from the request to export an order, with which it was placed or approved, until it was "
            "exported.",
            ["channel"],
            buckets=EXPORT_BUCKETS,
        )
        self.leases_lost = self._counter(
            "iomconnector_leases_lost_total",
            "Orders that another process took over while this one held them.",
            ["channel"],
        )
        self.exporting = self._gauge(
            "iomconnector_exporting", "1 while this process exports orders, otherwise 0."
        )
        self.message_log_failures = self._counter(
            "iomconnector_message_log_failures_total",
            "Messages that could not be kept in the message log.",
        )
        self.request_seconds = self._histogram(
            "iomconnector_request_seconds",
            "Seconds of a request to another system, by the class of its answer: 2xx to 5xx, or none.",
            ["service", "method", "status"],
            buckets=REQUEST_BUCKETS,
        )
        self.http_request_seconds = self._histogram(
            "iomconnector_http_request_seconds",
            "Seconds until a request to this process was answered, by route and class of the answer.",
            ["method", "route", "status"],
            buckets=REQUEST_BUCKETS,
        )
        self.commit_seconds = self._histogram(
            "iomconnector_commit_seconds",
            "Seconds of a commit to the database, which several writers share.",
            buckets=COMMIT_BUCKETS,
        )
        self.commit_writes = self._histogram(
            "iomconnector_commit_writes",
            "How many writers shared a commit to the database.",
            buckets=GROUP_BUCKETS,
        )
        self.cache_lookups = self._counter(
            "iomconnector_cache_lookups_total",
            "Questions to a cache by result: hit or miss.",
            ["cache", "result"],
        )
        self.orders_seen = self._counter(
            "iomconnector_orders_seen_total",
            "Orders that customers looked at, by who said where they stand: order management, last known or "
            "shop.",
            ["channel", "source"],
        )
        self.state_questions = self._counter(
            "iomconnector_state_questions_total",
            "Questions to order management systems about the states of orders: answered or failed.",
            ["channel", "outcome"],
        )
        self.availabilities = self._counter(
            "iomconnector_availabilities_total",
            "Products about which somebody was told whether they can be bought, by who said it: inventory "
            "service, local stock or nobody.",
            ["channel", "source"],
        )
        self.stock_questions = self._counter(
            "iomconnector_stock_questions_total",
            "Questions to inventory services about what is available: answered or failed.",
            ["channel", "outcome"],
        )
        self.reservations = self._counter(
            "iomconnector_reservations_total",
            "What became of reservations. For baskets: held, refused, unclear, unavailable. For orders: "
            "extended, taken, made anew, short, put back. And released, ran out, gone, used, lost, orphan, "
            "postponed.",
            ["channel", "what"],
        )
        self.mails = self._counter(
            "iomconnector_mails_total",
            "Mails by outcome: sent, refused for good, postponed, or unclear since the answer was lost.",
            ["channel", "outcome"],
        )
        self.scrape_errors = self._counter(
            "iomconnector_scrape_errors_total",
            "Times that a source of metrics could not be read when it was asked for.",
            ["source"],
        )
        build = self._gauge("iomconnector_build_info", "1, and the version that runs.", ["version"])
        build.labels(version("iomconnector")).set(1)
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)

    def _counter(self, name: str, text: str, labels: Sequence[str] = ()) -> Counter:
        self.described.append(Described(name, "counter", tuple(labels), text))
        return Counter(name.removesuffix("_total"), text, labels, registry=self.registry)

    def _gauge(self, name: str, text: str, labels: Sequence[str] = ()) -> Gauge:
        self.described.append(Described(name, "gauge", tuple(labels), text))
        return Gauge(name, text, labels, registry=self.registry)

    def _histogram(
        self, name: str, text: str, labels: Sequence[str] = (), *, buckets: Sequence[float]
    ) -> Histogram:
        self.described.append(Described(name, "histogram", tuple(labels), text))
        return Histogram(name, text, labels, registry=self.registry, buckets=buckets)
