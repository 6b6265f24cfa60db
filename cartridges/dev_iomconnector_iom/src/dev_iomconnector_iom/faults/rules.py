"""Fault rules: what goes wrong, for which requests, how often."""

from __future__ import annotations

import random
import re
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field, field_validator


class FaultKind(StrEnum):
    """What goes wrong."""

    LATENCY = "latency"
    """The answer comes ``latency_ms`` later; goes together with other kinds."""
    REFUSE = "refuse"
    """The request is read and the connection closed in good order, without an answer."""
    RESET = "reset"
    """The connection is reset (RST) as soon as the head of the request is there."""
    LOST_ANSWER = "lost_answer"
    """The request is handled, then the connection is reset instead of answering."""
    STATUS = "status"
    """An answer with ``status`` and without body; ``retry_after`` sets the header."""
    TRUNCATED_JSON = "truncated_json"
    """The request is handled, but the body of the answer stops in the middle."""
    CUT_OFF = "cut_off"
    """The request is handled, and the connection reset in the middle of the body of the answer."""
    NO_LOCATION = "no_location"
    """The request is handled, but the answer does not say where the new resource is."""
    WRONG_JSON = "wrong_json"
    """The request is handled, but the body is JSON of another shape."""
    WRONG_CONTENT_TYPE = "wrong_content_type"
    """The request is handled, but an HTML page comes back, as from a proxy in between."""
    HANG = "hang"
    """No answer until the client gives up or ``hang_seconds`` are over."""


ALWAYS_PROCESSED = frozenset(
    {
        FaultKind.LOST_ANSWER,
        FaultKind.TRUNCATED_JSON,
        FaultKind.CUT_OFF,
        FaultKind.NO_LOCATION,
        FaultKind.WRONG_JSON,
        FaultKind.WRONG_CONTENT_TYPE,
    }
)


class FaultRule(BaseModel):
    """A rule; the first one that matches and fires decides, latencies before it add up.

    Arguments:
        kind: What goes wrong.
        method: The HTTP method, or None for all.
        path: A regular expression that is searched in the decoded path, or None for all.
        shop: The shop id in the path, or None for all.
        probability: How often a matching request is hit, 0 to 1.
        times: After so many hits the rule is spent; None never is.
        skip: So many matching requests pass first.
        seed: Decides which requests a probability hits.
        processed: Handle the request before the fault. Kinds that change an answer do so anyway; with
            ``status``, ``hang``, ``refuse`` and ``reset`` it makes the outcome unclear to the client.
        latency_ms: Milliseconds for ``latency``.
        status: The status for ``status``.
        retry_after: Seconds in the header ``Retry-After`` of ``status``.
        hang_seconds: The end of ``hang``; None waits for the client.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: FaultKind
    method: str | None = None
    path: str | None = None
    shop: int | None = None
    probability: float = Field(default=1.0, ge=0, le=1)
    times: int | None = Field(default=None, ge=1)
    skip: int = Field(default=0, ge=0)
    seed: int = 0
    processed: bool = False
    latency_ms: int = Field(default=0, ge=0)
    status: int = Field(default=503, ge=400, le=599)
    retry_after: int | None = Field(default=None, ge=0)
    hang_seconds: float | None = Field(default=None, gt=0)

    @field_validator("path")
    @classmethod
    def _path_compiles(cls, path: str | None) -> str | None:
        if path is not None:
            try:
                re.compile(path)
            except re.error as error:
                raise ValueError(f"{path!r} is no regular expression: {error}") from error
        return path


class ActiveFault(BaseModel):
    """A rule at work.

    Arguments:
        id: The number by which it can be removed.
        rule: The rule.
        matched: Requests that matched it.
        fired: Requests that it hit.
    """

    id: int
    rule: FaultRule
    matched: int = 0
    fired: int = 0


class FaultBook:
    """The rules at work."""

    def __init__(self) -> None:
        self._active: dict[int, tuple[ActiveFault, random.Random]] = {}
        self._last_id = 0

    def add(self, rule: FaultRule) -> ActiveFault:
        """Put a rule to work, after those that are."""
        self._last_id += 1
        active = ActiveFault(id=self._last_id, rule=rule)
        self._active[active.id] = (active, random.Random(rule.seed))  # noqa: S311
        return active

    def remove(self, identity: int) -> bool:
        """Take a rule off; False if there is none with that id."""
        return self._active.pop(identity, None) is not None

    def clear(self) -> None:
        """Take all rules off."""
        self._active.clear()

    def active(self) -> list[ActiveFault]:
        """The rules at work, with their counts."""
        return [active for active, _ in self._active.values()]

    def choose(self, method: str, path: str) -> list[FaultRule]:
        """The rules that hit this request: any latencies, then at most one other kind."""
        chosen: list[FaultRule] = []
        for active, generator in self._active.values():
            if not _matches(active.rule, method, path) or not _fires(active, generator):
                continue
            chosen.append(active.rule)
            if active.rule.kind is not FaultKind.LATENCY:
                break
        return chosen


_SHOP = re.compile(r"/shops/(-?\d+)(?:/|$)")


def _matches(rule: FaultRule, method: str, path: str) -> bool:
    if rule.method is not None and rule.method.upper() != method:
        return False
    if rule.path is not None and not re.search(rule.path, path):
        return False
    if rule.shop is not None:
        found = _SHOP.search(path)
        return found is not None and int(found[1]) == rule.shop
    return True


def _fires(active: ActiveFault, generator: random.Random) -> bool:
    rule = active.rule
    active.matched += 1
    if active.matched <= rule.skip or (rule.times is not None and active.fired >= rule.times):
        return False
    if rule.probability < 1 and generator.random() >= rule.probability:
        return False
    active.fired += 1
    return True
