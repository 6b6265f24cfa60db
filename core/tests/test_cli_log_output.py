"""A log that cannot be written stops nothing."""

import io
import os
import sys
from contextlib import suppress

import pytest
import structlog

from iomconnector.cli.log_output import configure_logging


def test_work_goes_on_when_the_log_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    configure_logging(verbose=False, json=True)
    structlog.get_logger().warning("before")
    stream.seek(0)
    assert "before" in stream.read()
    stream.close()
    structlog.get_logger().warning("after")


def test_work_goes_on_when_nobody_reads_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    stream = os.fdopen(writing, "w")
    monkeypatch.setattr(sys, "stderr", stream)
    configure_logging(verbose=False, json=False)
    structlog.get_logger().warning("parked", order="4711")
    with suppress(BrokenPipeError):
        stream.close()
