"""The tree of organizations, channels and applications."""

from collections.abc import Sequence
from typing import Protocol

from iomconnector.model.contexts import Context


class ContextRepository(Protocol):
    """Keeps the tree."""

    async def save(self, context: Context) -> None:
        """Add a context, or change its display name.

        Raises:
            ConfigurationError: The parent does not exist or is of the wrong kind.
        """
        ...

    async def path_to(self, context_id: str) -> Sequence[Context]:
        """The context and those above it, itself first.

        Raises:
            NotFoundError: There is no such context.
        """
        ...

    async def all(self) -> Sequence[Context]:
        """Every context, a parent before its children, by id."""
        ...
