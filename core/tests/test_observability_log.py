"""The log: which order and trace a line belongs to, and never a secret."""

import base64
import io
import json
import logging
import sys
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry import trace
from pydantic import BaseModel, SecretStr

from iomconnector.cli.log_output import configure_logging
from iomconnector.observability.masking import KNOWN_SECRETS, MASK, KnownSecrets, masked, masked_text
from iomconnector.observability.tracing import context_of

TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACE_PARENT = f"00-{TRACE_ID}-00f067aa0ba902b7-01"
PASSWORD = "correct horse/battery&staple"


@pytest.fixture
def log_lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What the JSON log writes."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    configure_logging(verbose=True, json=True)
    yield stream
    logging.captureWarnings(False)


def events(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_tells_the_trace_that_it_belongs_to(log_lines: io.StringIO) -> None:
    log = structlog.get_logger()
    log.info("outside")
    span = trace.get_current_span(context_of(TRACE_PARENT))
    with trace.use_span(span):
        log.info("inside")
        logging.getLogger("a.library").warning("also %s", "inside")
    outside, inside, library = events(log_lines)
    assert "trace_id" not in outside
    assert (inside["trace_id"], inside["span_id"]) == (TRACE_ID, "00f067aa0ba902b7")
    assert (library["event"], library["trace_id"], library["logger"]) == (
        "also inside",
        TRACE_ID,
        "a.library",
    )
    assert {event["level"] for event in (inside, library)} == {"info", "warning"}


@pytest.mark.parametrize("broken", [None, "", "nonsense", "00-" + "0" * 32 + "-00f067aa0ba902b7-01"])
def test_a_broken_trace_is_none(broken: str | None, log_lines: io.StringIO) -> None:
    with trace.use_span(trace.get_current_span(context_of(broken))):
        structlog.get_logger().info("event")
    assert "trace_id" not in events(log_lines)[0]


class _Settings(BaseModel):
    address: str = "https://oms.example.com"
    password: SecretStr = SecretStr(PASSWORD)
    more: Mapping[str, list[SecretStr]] = {"keys": [SecretStr("hunter2-hunter2")]}


def test_known_secrets_are_masked_wherever_they_stand(log_lines: io.StringIO) -> None:
    KNOWN_SECRETS.remember_all(_Settings())
    log = structlog.get_logger()
    log.info(f"sent {PASSWORD}", answer={"deep": [json.dumps({"x": PASSWORD})]}, key=b"hunter2-hunter2")
    try:
        raise ValueError(f"bad credentials {PASSWORD!r}")
    except ValueError:
        log.exception("failed")
        logging.getLogger("a.library").exception("failed as well")
    log.info("encoded", text=base64.b64encode(PASSWORD.encode()).decode())
    written = log_lines.getvalue()
    assert PASSWORD not in written
    assert "hunter2" not in written
    assert base64.b64encode(PASSWORD.encode()).decode() not in written
    assert written.count("ValueError") == 4


@pytest.mark.parametrize(
    "name", ["password", "Authorization", "set-cookie", "api_key", "jwt_secret", "access_token", "pwd"]
)
def test_what_has_the_name_of_a_secret_is_not_shown(name: str, log_lines: io.StringIO) -> None:
    structlog.get_logger().info("event", **{name: "xyz"}, headers={name: ["xyz", 1]})
    [event] = events(log_lines)
    assert event[name] == event["headers"][name] == MASK


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql://shop:s3cr3t@db/shop", f"postgresql://shop:{MASK}@db/shop"),
        ("Authorization: Basic dXNlcjpwYXNz", f"Authorization: Basic {MASK}"),
        ("Bearer abc.def-ghi", f"Bearer {MASK}"),
        ("token eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl", f"token {MASK}"),
        ("GET /x?a=1&access_token=abc&b=2", f"GET /x?a=1&access_token={MASK}&b=2"),
        ("https://oms.example.com:8080/orders?limit=1", "https://oms.example.com:8080/orders?limit=1"),
        ("order 2026-0001 of inSPIRED-inTRONICS", "order 2026-0001 of inSPIRED-inTRONICS"),
    ],
)
def test_forms_of_secrets_are_masked_and_nothing_else(text: str, shown: str) -> None:
    assert masked_text(text) == shown


def test_facts_stay_as_they_are() -> None:
    facts = {"count": 3, "share": 0.5, "ok": True, "none": None, "token": "", "list": [1, "a"]}
    assert masked(facts) == facts


@given(st.text(min_size=6), st.text(), st.text())
def test_no_known_secret_survives(secret: str, before: str, after: str) -> None:
    known = KnownSecrets()
    known.remember(secret)
    assert secret not in known.masked(f"{before}{secret}{after}").replace(MASK, "")


def test_so_many_secrets_are_known_at_most() -> None:
    known = KnownSecrets()
    for number in range(1500):
        known.remember(f"secret {number:06}")
    assert known.masked("secret 000001") == "secret 000001"
    assert known.masked("secret 001499") == MASK


def test_warnings_of_python_are_events_too(log_lines: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn("something is old", stacklevel=1)
    assert "something is old" in events(log_lines)[-1]["event"]
