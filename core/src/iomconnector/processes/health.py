"""Whether a process is fit to do its work, and what is wrong where it is not."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from iomconnector.errors import ConnectorError
from iomconnector.storage.database import Database
from iomconnector.storage.schema_state import require_prepared

DATABASE_SECONDS = 2.0
KEPT_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a process is not ready.

    Arguments:
        check: What was looked at: ``process``, ``background`` or ``database``.
        reason: What is wrong with it, in sentences.
    """

    check: str
    reason: str


class Health:
    """The health of this process.

    Arguments:
        database: The database that it needs.
        seconds: How long the database may take to answer.
    """

    def __init__(self, database: Database, *, seconds: float = DATABASE_SECONDS) -> None:
        self._database = database
        self._seconds = seconds
        self._process = "It is still starting."
        self._failed: dict[str, str] = {}
        self._look: asyncio.Task[str] | None = None
        self._asked_at = float("-inf")

    def started(self) -> None:
        """All that the process does has begun."""
        self._process = ""

    def stopping(self) -> None:
        """The process ends; it is not to be given anything new."""
        self._process = "It is stopping."

    def failed(self, service: str, reason: str) -> None:
        """A background service ended that should run."""
        self._failed[service] = reason

    async def problems(self) -> list[Problem]:
        """What keeps the process from its work; empty where it is ready.

        The database is asked by one at a time, and once a second at most, however many ask for its health.
        """
        found = [Problem("process", self._process)] if self._process else []
        found += [Problem("background", f"{name} failed: {why}.") for name, why in self._failed.items()]
        if reason := await self._database_problem():
            found.append(Problem("database", reason))
        return found

    async def aclose(self) -> None:
        """Ask the database no more."""
        if self._look is not None:
            self._look.cancel()
            await asyncio.wait({self._look})

    async def _database_problem(self) -> str:
        now = asyncio.get_running_loop().time()
        if self._look is None or (self._look.done() and now - self._asked_at >= KEPT_SECONDS):
            self._asked_at = now
            self._look = asyncio.create_task(_look(self._database))
        answered, _ = await asyncio.wait({self._look}, timeout=self._seconds)
        return self._look.result() if answered else f"It did not answer within {self._seconds:g} seconds."


async def _look(database: Database) -> str:
    try:
        await require_prepared(database)
    except ConnectorError as error:
        return str(error)
    return ""
