"""What each kind of database does its own way."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol

from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine

from iomconnector.storage.engine.exclusive import Lock
from iomconnector.storage.engine.group_commit import Write

Isolation = Literal["serializable", "read committed"]
"""How far concurrent transactions of other processes may show.

``serializable``: as if there were none. ``read committed``: each statement sees what was committed before it;
for operations that are right then too, because each of their statements is.
"""


class Backend(Protocol):
    """A database of one kind at one address."""

    @property
    def url(self) -> URL:
        """Where it is; its password is masked when the URL is printed."""
        ...

    @property
    def reading_options(self) -> Mapping[str, Any]:
        """Execution options of a connection that has one consistent view and writes nothing."""
        ...

    def make_engine(self) -> AsyncEngine:
        """An engine with all that a connection needs.

        Raises:
            StorageError: What it needs on this machine cannot be made.
        """
        ...

    def writer_for(self, isolation: Isolation) -> Isolation:
        """Which of its writers takes operations of that isolation."""
        ...

    async def commit(self, engine: AsyncEngine, group: Sequence[Write], isolation: Isolation) -> None:
        """Run and commit a group, as :class:`~iomconnector.storage.engine.group_commit.GroupCommit` asks."""
        ...

    def lock(self, name: str) -> Lock:
        """A lock of that name."""
        ...

    def explained(self, error: BaseException) -> BaseException:
        """The driver's error as a sentence that says what to do; other errors stay as they are."""
        ...
