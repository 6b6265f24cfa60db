"""Which attempt on which order this task works on."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from iomconnector.ports.export_ledger import Claim


@dataclass(frozen=True, slots=True)
class AttemptAtWork:
    """An attempt that is under way.

    Arguments:
        channel: The channel of the order.
        number: The number of the order.
        attempt: Which attempt it is, from 1.
    """

    channel: str
    number: str
    attempt: int


AT_WORK: ContextVar[AttemptAtWork | None] = ContextVar("iomconnector.attempt", default=None)


def attempt_of(claim: Claim) -> AttemptAtWork:
    """The attempt that a claim is for."""
    request = claim.request
    return AttemptAtWork(request.channel, request.number, request.attempts)


def attempt_on(channel: str, number: str | None) -> int | None:
    """Which attempt on the order of that number this task makes; none where it works on no such order."""
    at_work = AT_WORK.get()
    if at_work is None or (at_work.channel, at_work.number) != (channel, number):
        return None
    return at_work.attempt
