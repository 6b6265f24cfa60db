"""The protocol of database preparation: which step of which cartridge was done, when, and with what outcome.

Mirrors the execution protocol that ICM's DBPrepare keeps for each cartridge. [KB 29835N, 29U411]
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Phase(StrEnum):
    """When a step runs; each phase goes through all cartridges before the next begins. [KB 2891Y1]"""

    PRE = "pre"
    """Before any content: tables, and what other cartridges build on."""
    MAIN = "main"
    """The content."""
    POST = "post"
    """What needs the content of all cartridges."""


class Mode(StrEnum):
    """What a preparation is for; also, on which occasions a step runs."""

    INIT = "init"
    """Content for a cartridge that the database does not know yet."""
    MIGRATE = "migrate"
    """Changes to what an earlier release of the cartridge left in the database."""
    AUTO = "auto"
    """Init for cartridges that the database does not know, migrate for the others."""


class Outcome(StrEnum):
    """What became of a step."""

    RUNNING = "running"
    """It began; where no process works on it any more, that process died."""
    DONE = "done"
    """It never runs again."""
    FAILED = "failed"
    """It runs again with the next preparation."""
    NOT_NEEDED = "not needed"
    """The cartridge was initialized by a release that contains this change already; it never runs."""


@dataclass(frozen=True, slots=True)
class StepEntry:
    """One attempt at a step.

    Arguments:
        cartridge: The cartridge that offers it.
        version: The version of the cartridge's distribution.
        phase: The phase in which it ran.
        step: The name of the step, unique in its cartridge.
        mode: The occasion on which it ran: init or migrate.
        outcome: What became of it.
        started_at: When it began.
        finished_at: When it ended; none while it runs, and where the process died.
        seconds: How long it took; none while it runs, and where the process died.
        message: What it did, or why it failed; never a secret.
        host: The machine on which it ran.
        pid: The process that ran it.
    """

    cartridge: str
    version: str
    phase: Phase
    step: str
    mode: Mode
    outcome: Outcome
    started_at: datetime
    finished_at: datetime | None = None
    seconds: float | None = None
    message: str = ""
    host: str = ""
    pid: int = 0


@dataclass(frozen=True, slots=True)
class Registration:
    """A cartridge that the database knows: all its content for a fresh database is there.

    Arguments:
        cartridge: The cartridge.
        version: The version of its distribution that initialized it.
        registered_at: When its last step was done.
    """

    cartridge: str
    version: str
    registered_at: datetime


class PreparationProtocol(Protocol):
    """Keeps what database preparation did; it lives in the database that is prepared."""

    async def exists(self) -> bool:
        """Whether the database has a protocol; before, there is nothing to read and nothing can be written.

        Asking changes nothing, and does not make a database that is not there.
        """
        ...

    async def add(self, entry: StepEntry) -> int:
        """Add an entry: a step begins, or is not needed.

        Returns:
            The number of the entry.
        """
        ...

    async def finish(self, number: int, entry: StepEntry) -> None:
        """Write what became of a step.

        Arguments:
            number: The number that :meth:`add` gave to the entry.
            entry: The entry in its new form.

        Raises:
            NotFoundError: There is no entry of that number.
        """
        ...

    async def entries(self) -> Sequence[StepEntry]:
        """Every attempt at every step, in the order in which they began; none where there is no protocol."""
        ...

    async def abandon_running(self, message: str) -> Sequence[StepEntry]:
        """Turn what is still running into failed; the caller knows that no process works on it.

        Arguments:
            message: Why it failed.

        Returns:
            What was turned, in its new form.
        """
        ...

    async def register(self, registration: Registration) -> None:
        """Make a cartridge known; one that is known already keeps its first registration."""
        ...

    async def registrations(self) -> Sequence[Registration]:
        """Every cartridge that is known, by name; none where there is no protocol."""
        ...
