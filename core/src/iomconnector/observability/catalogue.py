"""Every metric that a process gives, for the documentation, the dashboard and the alert rules."""

from __future__ import annotations

from collections.abc import Sequence

from iomconnector.observability.metrics import Described, Metrics
from iomconnector.observability.scrape import SCRAPE_GAUGES
from iomconnector.observability.system_state import SHARED_GAUGES


def described_metrics() -> Sequence[Described]:
    """The metrics of this program, by name; those of the process and of Python come from their libraries."""
    gauges = [
        Described(each.name, "gauge", each.labels, each.help) for each in (*SHARED_GAUGES, *SCRAPE_GAUGES)
    ]
    return sorted([*Metrics().described, *gauges], key=lambda each: each.name)


def metrics_table() -> str:
    """The same as a table in Markdown."""
    rows = [
        f"| `{each.name}` | {each.kind} | {', '.join(f'`{label}`' for label in each.labels)} | {each.text} |"
        for each in described_metrics()
    ]
    return "\n".join(["| metric | kind | labels | tells |", "| --- | --- | --- | --- |", *rows])
