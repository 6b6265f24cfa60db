"""The tree in which services are configured and orders are placed: organization > channel > application."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from iomconnector.model.values import RequiredText, Value


class ContextKind(StrEnum):
    """A level of the tree."""

    ORGANIZATION = "organization"
    CHANNEL = "channel"
    APPLICATION = "application"


class Context(Value):
    """One node of the tree.

    Arguments:
        id: Unique over the whole tree, for example ``inSPIRED-inTRONICS``.
        kind: Its level.
        display_name: For people.
        parent: The id of the node above; none for an organization.
    """

    id: Annotated[str, Field(min_length=1, max_length=255)]
    kind: ContextKind
    display_name: RequiredText
    parent: str | None = None
