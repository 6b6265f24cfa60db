"""What runs beside the web application for as long as the process serves."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BackgroundService:
    """Something that runs for as long as ``iomconnector serve`` runs.

    Arguments:
        name: For people and logs.
        run: Runs until the event is set, then ends cleanly.
    """

    name: str
    run: Callable[[asyncio.Event], Awaitable[None]]
