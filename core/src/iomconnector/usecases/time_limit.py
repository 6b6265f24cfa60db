"""Not waiting for ever."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from iomconnector.errors import ConnectorError


@asynccontextmanager
async def within(limit: timedelta, asked: str, late: type[ConnectorError]) -> AsyncIterator[None]:
    """Let a question inside the block take so long at most. A time limit of its own passes through.

    Arguments:
        limit: How long.
        asked: Who is asked.
        late: What is raised where the time is over.
    """
    seconds = limit.total_seconds()
    timeout = asyncio.timeout(seconds)
    try:
        async with timeout:
            yield
    except TimeoutError:
        if not timeout.expired():
            raise
        raise late(f"{asked} did not answer within {seconds:g} seconds.") from None
