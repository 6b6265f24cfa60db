"""What a cartridge offers to prepare the database: steps that put content into it, and tables of its own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

from iomconnector.ports.preparation_protocol import Mode, Phase
from iomconnector.storage.schema import CORE_SCHEMA, Schema

if TYPE_CHECKING:
    from iomconnector.application import Application
    from iomconnector.storage.database import Database


@dataclass(frozen=True, slots=True)
class Preparer:
    """A step that puts content into the database.

    It runs once for each database; the protocol remembers it by its name. A process that dies in the middle,
    or right after the last commit, runs it again, so it must be safe to run again.

    Arguments:
        name: What it prepares, for people; unique in its cartridge. Never change it: a step of another name
            is a new step.
        prepare: Does it. Returns one sentence that says what it did, without secrets.
        phase: When it runs.
        modes: On which occasions it runs. ``Mode.INIT``: the database does not know the cartridge yet.
            ``Mode.MIGRATE``: the cartridge is there from before, and the step is new. Both where omitted.
        release: The version of the distribution that brings this change. A database whose cartridge was
            initialized by that version or a later one does not need the step as a migration.
    """

    name: str
    prepare: Callable[[Application], Awaitable[str]]
    phase: Phase = Phase.MAIN
    modes: Collection[Mode] = (Mode.INIT, Mode.MIGRATE)
    release: str = ""


class SchemaPreparer(Preparer):
    """A step that makes the tables of a cartridge, and later brings them to their newest form.

    The cartridge brings a folder of Alembic revisions and nothing else; connection, transaction and version
    table are the framework's. A new revision is a new step, for fresh databases and for older ones alike.

    Arguments:
        revisions: The folder, as ``package:folder``.
        name: Names the step, together with the newest revision.
        version_table: Keeps the revision; ``<package>_version`` where omitted. Never change it.
        phase: When it runs.
    """

    __slots__ = ("schema",)

    schema: Schema
    """The tables that it brings."""

    def __init__(
        self,
        revisions: str,
        *,
        name: str = "schema",
        version_table: str = "",
        phase: Phase = Phase.PRE,
    ) -> None:
        package = revisions.partition(":")[0].replace(".", "_")
        object.__setattr__(self, "schema", Schema(revisions, version_table or f"{package}_version"))
        super().__init__(name, self._upgrade, phase)

    async def _upgrade(self, application: Application) -> str:
        return await self.schema.upgrade(application.database)


CORE_PREPARER = SchemaPreparer(CORE_SCHEMA.revisions, version_table=CORE_SCHEMA.version_table)
"""Makes the core's own tables."""


async def prepare_schema(database: Database) -> str:
    """Bring the core's tables to their newest revision; what is there stays.

    Returns:
        The revision that they have now.

    Raises:
        StorageError: The database cannot be written, or was prepared by a newer release.
    """
    await CORE_SCHEMA.upgrade(database)
    return CORE_SCHEMA.newest
