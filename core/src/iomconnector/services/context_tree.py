"""The contexts as a tree that can be walked without asking anybody."""

from collections.abc import Iterable, Sequence

from iomconnector.model.contexts import Context


class ContextTree:
    """The tree of contexts at one moment.

    Arguments:
        contexts: All of them, a parent before its children.
    """

    def __init__(self, contexts: Iterable[Context]) -> None:
        self._paths: dict[str, tuple[str, ...]] = {}
        for context in contexts:
            above = self._paths[context.parent] if context.parent is not None else ()
            self._paths[context.id] = (context.id, *above)

    def __contains__(self, context: str) -> bool:
        return context in self._paths

    @property
    def paths(self) -> Sequence[tuple[str, ...]]:
        """The path of every context, a parent before its children."""
        return list(self._paths.values())

    def path(self, context: str) -> tuple[str, ...]:
        """The context and those above it, itself first.

        Raises:
            KeyError: There is no such context.
        """
        return self._paths[context]

    def organization(self, context: str) -> str:
        """The organization to which a context belongs.

        Raises:
            KeyError: There is no such context.
        """
        return self._paths[context][-1]
