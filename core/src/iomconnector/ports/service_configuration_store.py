"""Configurations of managed services."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol


class Sharing(StrEnum):
    """Who below the owner may use a configuration. [KB concept_services_for_partners]"""

    UNSHARED = "unshared"
    SHARED = "shared"


@dataclass(frozen=True, slots=True)
class ServiceConfiguration:
    """One configuration of a service type.

    Arguments:
        id: Unique id.
        definition: The id of the service definition.
        context: The context that owns it.
        display_name: For people.
        values: The settings; secrets are sealed (see ``SecretStore``).
        active: Whether it is switched on.
        sharing: Whether contexts below the owner use it too.
        updated_at: Last change.
    """

    id: str
    definition: str
    context: str
    display_name: str
    values: Mapping[str, Any]
    active: bool
    sharing: Sharing
    updated_at: datetime


class ServiceConfigurationStore(Protocol):
    """Keeps configurations."""

    async def save(self, configuration: ServiceConfiguration) -> None:
        """Add or replace the configuration of that id."""
        ...

    async def get(self, configuration_id: str) -> ServiceConfiguration:
        """The configuration of that id.

        Raises:
            NotFoundError: There is none.
        """
        ...

    async def all(self) -> Sequence[ServiceConfiguration]:
        """Every configuration, by id."""
        ...

    async def delete(self, configuration_id: str) -> None:
        """Remove the configuration of that id, if there is one."""
        ...
