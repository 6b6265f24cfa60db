"""Counts of requests, answers and faults."""

from __future__ import annotations

from collections import Counter

from pydantic import BaseModel


class StatisticsReport(BaseModel):
    """What happened since the start or the last reset.

    Arguments:
        requests: All requests to Order REST and the document servlet.
        answers: Answers that came from the application unharmed, by method and status (``POST 201``).
        faults: Requests that were hit, by kind of fault; their answers are not in ``answers``, except
            those that were only late.
        processed: Requests that were hit, but handled all the same, by method and status.
    """

    requests: int
    answers: dict[str, int]
    faults: dict[str, int]
    processed: dict[str, int]


class Statistics:
    """Counts while it happens."""

    def __init__(self) -> None:
        self.requests = 0
        self.answers: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.processed: Counter[str] = Counter()

    def clear(self) -> None:
        """Start again from nought."""
        self.requests = 0
        for counter in (self.answers, self.faults, self.processed):
            counter.clear()

    def report(self) -> StatisticsReport:
        """The counts as they are now."""
        return StatisticsReport(
            requests=self.requests,
            answers=dict(self.answers),
            faults=dict(self.faults),
            processed=dict(self.processed),
        )
