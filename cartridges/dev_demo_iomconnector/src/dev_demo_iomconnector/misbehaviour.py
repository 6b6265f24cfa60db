"""What an IOM does wrong, by name: fault rules of the stand-in that belong together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dev_iomconnector_iom.faults.rules import FaultKind, FaultRule

ONE_ORDER = r"/orders/[^/]+$"


@dataclass(frozen=True, slots=True)
class Misbehaviour:
    """Something that IOM does wrong.

    Arguments:
        rules: How.
        probability: How often a request is hit where it is one of many faults; always where it is alone.
    """

    rules: tuple[FaultRule, ...]
    probability: float = 0.3

    def now_and_then(self, seed: int) -> tuple[FaultRule, ...]:
        """The same for some requests only, which the seed decides."""
        changes = {"probability": self.probability, "seed": seed, "times": None}
        return tuple(rule.model_copy(update=changes) for rule in self.rules)


def _rule(kind: FaultKind, **settings: object) -> FaultRule:
    return FaultRule.model_validate({"kind": kind, "times": 6, **settings})


def _one(kind: FaultKind, **settings: object) -> Misbehaviour:
    return Misbehaviour((_rule(kind, **settings),))


MISBEHAVIOURS: Mapping[str, Misbehaviour] = {
    "answer lost after storing": _one(FaultKind.LOST_ANSWER, method="POST"),
    "reset before it reads": _one(FaultKind.RESET),
    "connection closed without an answer": _one(FaultKind.REFUSE),
    "reset in the middle of the answer": _one(FaultKind.CUT_OFF),
    "answer ends in the middle": _one(FaultKind.TRUNCATED_JSON),
    "200 with HTML in place of JSON": _one(FaultKind.WRONG_CONTENT_TYPE),
    "JSON of another shape": _one(FaultKind.WRONG_JSON),
    "201 without Location": _one(FaultKind.NO_LOCATION, method="POST"),
    "404 for an order that is there": Misbehaviour(
        (
            _rule(FaultKind.LOST_ANSWER, method="POST"),
            _rule(FaultKind.STATUS, status=404, method="GET", path=ONE_ORDER),
        )
    ),
    "slow": _one(FaultKind.LATENCY, latency_ms=400),
    "slower than anybody waits": _one(FaultKind.HANG, method="POST", processed=True),
    "hangs without storing": _one(FaultKind.HANG, method="POST"),
    "429 with Retry-After": _one(FaultKind.STATUS, status=429, retry_after=1),
    "503 with Retry-After": _one(FaultKind.STATUS, status=503, retry_after=1),
    "500 after storing": _one(FaultKind.STATUS, status=500, method="POST", processed=True),
    "502 without storing": _one(FaultKind.STATUS, status=502, method="POST"),
    "401 for a while": _one(FaultKind.STATUS, status=401, method="POST"),
}
