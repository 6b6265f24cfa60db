"""The tree of contexts in memory."""

from collections.abc import Iterable, Sequence

from iomconnector.errors import NotFoundError
from iomconnector.model.contexts import Context, ContextKind


class MemoryContextRepository:
    """Implements :class:`~iomconnector.ports.context_repository.ContextRepository`.

    Arguments:
        contexts: Those that are there from the beginning, a parent before its children.

    Raises:
        ConfigurationError: They make no tree.
    """

    def __init__(self, contexts: Iterable[Context] = ()) -> None:
        self._contexts: dict[str, Context] = {}
        for context in contexts:
            self._add(context)

    async def save(self, context: Context) -> None:
        """Add a context, or change its display name."""
        self._add(context)

    def _add(self, context: Context) -> None:
        context.check_place(
            parent=self._contexts.get(context.parent) if context.parent is not None else None,
            present=self._contexts.get(context.id),
        )
        self._contexts[context.id] = context

    async def path_to(self, context_id: str) -> Sequence[Context]:
        """The context and those above it, itself first."""
        path: list[Context] = []
        following: str | None = context_id
        while following is not None:
            if following not in self._contexts:
                raise NotFoundError(f"There is no context {context_id!r}.", context=context_id)
            path.append(self._contexts[following])
            following = path[-1].parent
        return path

    async def all(self) -> Sequence[Context]:
        """Every context, a parent before its children."""
        levels = list(ContextKind)
        return sorted(self._contexts.values(), key=lambda each: (levels.index(each.kind), each.id))

    def beside(self, context_id: str) -> list[str]:
        """The other contexts with the same parent."""
        parent = self._contexts[context_id].parent
        return [
            each.id for each in self._contexts.values() if each.parent == parent and each.id != context_id
        ]

    def __contains__(self, context_id: str) -> bool:
        return context_id in self._contexts
