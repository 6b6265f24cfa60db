"""Tracing is switched on by a setting, and a collector that is away costs spans and nothing else."""

import sys
import time

import pytest

from iomconnector.errors import ConfigurationError
from iomconnector.observability import telemetry as telemetry_module
from iomconnector.observability.telemetry import Telemetry
from iomconnector.observability.tracing import NoPipeline, pipeline_of
from iomconnector.settings import Settings
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.span_collector import span_collector

OTLP = Settings.of({"tracing": "otlp"}, environ={})


def test_tracing_is_off_unless_it_is_switched_on() -> None:
    assert isinstance(pipeline_of(Settings.of({}, environ={}), "worker 1"), NoPipeline)


def test_what_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "iomconnector.observability.otlp", None)
    with pytest.raises(ConfigurationError, match=r"iomconnector\[tracing\]"):
        pipeline_of(OTLP, "worker 1")


@in_event_loop
async def test_the_end_sends_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    with span_collector() as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint)
        monkeypatch.setenv("OTEL_SERVICE_NAME", "our-shop")
        telemetry = Telemetry(pipeline_of(OTLP, "worker 1"))
        with telemetry.tracer.start_as_current_span("last"):
            pass
        await telemetry.aclose()
        [span] = collector.spans
    assert span.name == "last"
    assert span.resource["service.name"] == "our-shop"
    assert span.resource["service.instance.id"] == "worker 1"


@in_event_loop
async def test_the_end_does_not_wait_for_a_collector_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    with span_collector() as collector:
        away = collector.endpoint
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", away)
    monkeypatch.setattr(telemetry_module, "LONGEST_FLUSH", 0.3)
    telemetry = Telemetry(pipeline_of(OTLP, "worker 1"))
    with telemetry.tracer.start_as_current_span("lost"):
        pass
    began = time.monotonic()
    await telemetry.aclose()
    assert time.monotonic() - began < 5
