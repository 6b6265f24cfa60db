"""The tree in which services are configured and orders are placed: organization > channel > application."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from iomconnector.errors import ConfigurationError
from iomconnector.model.values import Printable, RequiredText, Value


class ContextKind(StrEnum):
    """A level of the tree."""

    ORGANIZATION = "organization"
    CHANNEL = "channel"
    APPLICATION = "application"

    @property
    def above(self) -> "ContextKind | None":
        """The level above; none for an organization."""
        levels = list(ContextKind)
        index = levels.index(self)
        return levels[index - 1] if index else None


class Context(Value):
    """One node of the tree.

    Arguments:
        id: Unique over the whole tree, without slash, for example ``inSPIRED-inTRONICS``.
        kind: Its level.
        display_name: For people.
        parent: The id of the node above; none for an organization.
    """

    id: Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[^/]*$"), Printable]
    kind: ContextKind
    display_name: RequiredText
    parent: str | None = None

    def check_place(self, *, parent: "Context | None", present: "Context | None") -> None:
        """Check that the context may stand where it wants to.

        Arguments:
            parent: The context of the id ``self.parent``; none where there is none of that id.
            present: The context of its own id that is in the tree already.

        Raises:
            ConfigurationError: The parent does not exist or is of the wrong kind, or the context stands
                elsewhere already.
        """
        if self.parent is not None and parent is None:
            raise ConfigurationError(
                f"The parent {self.parent!r} of {self.id!r} does not exist.",
                hint="Add it first.",
                context=self.id,
            )
        kind = parent.kind if parent else None
        if kind is not self.kind.above:
            needed = f"a parent of kind {self.kind.above.value}" if self.kind.above else "no parent"
            raise ConfigurationError(
                f"{self.kind.value} {self.id!r} needs {needed}, not {kind.value if kind else 'none'}.",
                context=self.id,
            )
        if present is not None and (present.kind, present.parent) != (self.kind, self.parent):
            raise ConfigurationError(
                f"{self.id!r} exists already, as {present.kind.value} below {present.parent or 'nothing'}, "
                "and cannot be moved.",
                hint="Choose another id.",
                context=self.id,
            )
