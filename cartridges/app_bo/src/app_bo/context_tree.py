"""The tree of contexts, as pages walk it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from iomconnector.errors import NotFoundError
from iomconnector.model.contexts import Context, ContextKind


@dataclass(slots=True)
class Node:
    """A context with those directly below it.

    Arguments:
        context: The context.
        below: What is below it, by name.
    """

    context: Context
    below: list[Node] = field(default_factory=list)

    def walk(self, depth: int = 0) -> Iterator[tuple[int, Context]]:
        """The context and everything below it, each with its depth; depth first."""
        yield depth, self.context
        for node in self.below:
            yield from node.walk(depth + 1)


class ContextTree:
    """All contexts of a system.

    Arguments:
        contexts: They.
    """

    def __init__(self, contexts: Sequence[Context]) -> None:
        self._nodes = {context.id: Node(context) for context in contexts}
        self.roots: list[Node] = []
        for context in sorted(contexts, key=lambda each: (each.display_name.casefold(), each.id)):
            above = self._nodes.get(context.parent or "")
            (above.below if above else self.roots).append(self._nodes[context.id])

    def node(self, context_id: str) -> Node:
        """The node of a context.

        Raises:
            NotFoundError: There is no such context.
        """
        if context_id not in self._nodes:
            raise NotFoundError(
                f"There is no context {context_id!r}.", hint="Choose one of the tree.", context=context_id
            )
        return self._nodes[context_id]

    def get(self, context_id: str) -> Context:
        """A context.

        Raises:
            NotFoundError: There is none of that id.
        """
        return self.node(context_id).context

    def path(self, context_id: str) -> list[str]:
        """A context and those above it, itself first.

        Raises:
            NotFoundError: There is no such context.
        """
        context = self.get(context_id)
        return [context.id, *(self.path(context.parent) if context.parent else ())]

    def walk(self) -> Iterator[tuple[int, Context]]:
        """Every context with its depth; depth first, by name."""
        for root in self.roots:
            yield from root.walk()

    @property
    def names(self) -> dict[str, str]:
        """The name for people of each context, by id."""
        return {key: node.context.display_name for key, node in self._nodes.items()}

    @property
    def organizations(self) -> list[Context]:
        """The organizations, by name."""
        return [node.context for node in self.roots if node.context.kind is ContextKind.ORGANIZATION]
