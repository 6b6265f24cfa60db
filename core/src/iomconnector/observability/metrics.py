"""What is counted and measured while a process works. [docs/observability.md lists it all]"""

from __future__ import annotations

from importlib.metadata import version
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info
from prometheus_client.gc_collector import GCCollector
from prometheus_client.process_collector import ProcessCollector

ATTEMPT_BUCKETS: Final = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
EXPORT_BUCKETS: Final = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 14400, 86400)
REQUEST_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
COMMIT_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5)
GROUP_BUCKETS: Final = (1, 2, 5, 10, 20, 50, 100, 200)


class Metrics:
    """The metrics of one system in one process, in a registry of their own.

    Labels are names that people configured: channels, services, routes. Never numbers of orders or customers:
    each value of a label is a time series for ever.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        here = self.registry
        self.placed = Counter(
            "iomconnector_orders_placed",
            "Orders that were placed, each once: the accepting rate.",
            ["channel"],
            registry=here,
        )
        self.exports = Counter(
            "iomconnector_exports",
            "Attempts to export an order by outcome: exported (the draining rate), postponed, parked, or "
            "lost to another process.",
            ["channel", "outcome"],
            registry=here,
        )
        self.attempt_seconds = Histogram(
            "iomconnector_attempt_seconds",
            "Seconds that an attempt to export an order took.",
            ["channel"],
            registry=here,
            buckets=ATTEMPT_BUCKETS,
        )
        self.placed_to_exported = Histogram(
            "iomconnector_placed_to_exported_seconds",
            "Seconds from the request to export an order, with which it was placed or approved, until it was "
            "exported.",
            ["channel"],
            registry=here,
            buckets=EXPORT_BUCKETS,
        )
        self.leases_lost = Counter(
            "iomconnector_leases_lost",
            "Orders that another process took over while this one held them.",
            ["channel"],
            registry=here,
        )
        self.exporting = Gauge(
            "iomconnector_exporting", "1 while this process exports orders, otherwise 0.", registry=here
        )
        self.message_log_failures = Counter(
            "iomconnector_message_log_failures",
            "Messages that could not be kept in the message log.",
            registry=here,
        )
        self.request_seconds = Histogram(
            "iomconnector_request_seconds",
            "Seconds of a request to another system, by the class of its answer: 2xx to 5xx, or none.",
            ["service", "method", "status"],
            registry=here,
            buckets=REQUEST_BUCKETS,
        )
        self.http_request_seconds = Histogram(
            "iomconnector_http_request_seconds",
            "Seconds until a request to this process was answered, by route and class of the answer.",
            ["method", "route", "status"],
            registry=here,
            buckets=REQUEST_BUCKETS,
        )
        self.commit_seconds = Histogram(
            "iomconnector_commit_seconds",
            "Seconds of a commit to the database, which several writers share.",
            registry=here,
            buckets=COMMIT_BUCKETS,
        )
        self.commit_writes = Histogram(
            "iomconnector_commit_writes",
            "How many writers shared a commit to the database.",
            registry=here,
            buckets=GROUP_BUCKETS,
        )
        self.cache_lookups = Counter(
            "iomconnector_cache_lookups",
            "Questions to a cache by result: hit or miss.",
            ["cache", "result"],
            registry=here,
        )
        self.scrape_errors = Counter(
            "iomconnector_scrape_errors",
            "Times that a source of metrics could not be read when it was asked for.",
            ["source"],
            registry=here,
        )
        Info("iomconnector_build", "The version that runs.", registry=here).info(
            {"version": version("iomconnector")}
        )
        ProcessCollector(registry=here)
        GCCollector(registry=here)
