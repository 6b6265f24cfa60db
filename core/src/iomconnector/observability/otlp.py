"""Spans to a collector, with OTLP over HTTP. The usual variables ``OTEL_...`` say where and how."""

from __future__ import annotations

from importlib.metadata import version

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor


class OtlpPipeline:
    """Collects spans and sends them in batches, in a thread of its own; work never waits for the collector.

    Arguments:
        worker: The name of this process, ``service.instance.id`` of its spans.
    """

    def __init__(self, worker: str) -> None:
        own = {"service.version": version("iomconnector"), "service.instance.id": worker}
        resource = Resource.create(own)
        if str(resource.attributes[SERVICE_NAME]).startswith("unknown_service"):
            resource = resource.merge(Resource({SERVICE_NAME: "iomconnector"}))
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))

    def tracer(self, name: str) -> trace.Tracer:
        """What makes spans."""
        return self._provider.get_tracer(name)

    def shutdown(self) -> None:
        """Send what is left."""
        self._provider.shutdown()
