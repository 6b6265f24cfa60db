"""What runs in the background for as long as a process runs."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Place(StrEnum):
    """Which processes a background service belongs to."""

    WORK = "work"
    """Those that work: every ``iomconnector worker``, and ``iomconnector serve`` unless it is only web."""
    WEB = "web"
    """Those that answer requests: every ``iomconnector serve``."""


def nothing() -> Sequence[str]:
    """Nothing is under way."""
    return ()


@dataclass(frozen=True, slots=True)
class BackgroundService:
    """Something that runs for as long as a process runs.

    With several processes it runs in each of them; what must be done once a day and not once a process and
    day is a schedule of the job engine.

    Arguments:
        name: For people and logs.
        run: Runs until the event is set, then ends cleanly. It is cancelled when the time to end is over.
        place: The processes in which it runs.
        under_way: What it has begun and not ended, for the log of a process that waits for it.
    """

    name: str
    run: Callable[[asyncio.Event], Awaitable[None]]
    place: Place = Place.WORK
    under_way: Callable[[], Sequence[str]] = nothing
