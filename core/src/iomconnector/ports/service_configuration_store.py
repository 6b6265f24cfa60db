"""Configurations of managed services, and who may use them where."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from iomconnector.model.audit import AuditEntry


class Sharing(StrEnum):
    """What a configuration is to the contexts below its owner. [KB concept_services_for_partners]"""

    UNSHARED = "unshared"
    """They do not have it."""
    SHARED_ACTIVE = "shared-active"
    """It is active there, and each may deactivate it for itself and those below it."""
    SHARED_INACTIVE = "shared-inactive"
    """It is inactive there, and each may activate it for itself and those below it."""
    SHARED_MANDATORY = "shared-mandatory"
    """It is active there, and none may deactivate it."""


@dataclass(frozen=True, slots=True)
class ServiceConfiguration:
    """One configuration of a service type.

    Arguments:
        id: Unique id.
        definition: The id of the service definition.
        context: The context that owns it.
        display_name: For people.
        values: The settings; secrets are sealed (see ``SecretStore``).
        available: Whether it may be used at all, in any context.
        active: Whether its owner has it switched on; where it is off, it is off below as well.
        sharing: What it is to the contexts below the owner.
        version: 1 when it is added, one more with each change.
        updated_at: Last change.
        updated_by: Who made the last change.
    """

    id: str
    definition: str
    context: str
    display_name: str
    values: Mapping[str, Any]
    available: bool
    active: bool
    sharing: Sharing
    version: int
    updated_at: datetime
    updated_by: str


@dataclass(frozen=True, slots=True)
class ServiceState:
    """Everything that decides which service serves which context, at one moment.

    Arguments:
        configurations: Every configuration, by its id.
        enablements: Whether a service type, by its id, is enabled for an organization. A pair that is
            missing was never decided on, and is not enabled.
        overrides: How a context, the second of the pair, departs from the sharing rule of a configuration,
            the first: switched on or off.
        revision: Another one after each change.
    """

    configurations: Mapping[str, ServiceConfiguration] = field(default_factory=dict)
    enablements: Mapping[tuple[str, str], bool] = field(default_factory=dict)
    overrides: Mapping[tuple[str, str], bool] = field(default_factory=dict)
    revision: str = ""


@dataclass(frozen=True, slots=True)
class ServiceChange:
    """What a change makes of the state.

    Arguments:
        after: The state as it shall be; its revision does not matter.
        audit: What to put into the audit trail with it.
    """

    after: ServiceState
    audit: Sequence[AuditEntry] = ()


class ServiceConfigurationStore(Protocol):
    """Keeps the state of managed services."""

    async def state(self) -> ServiceState:
        """The state, consistent in itself."""
        ...

    async def revision(self) -> str:
        """The revision of the state; much cheaper than the state."""
        ...

    async def change(self, decide: Callable[[ServiceState], ServiceChange]) -> ServiceState:
        """Change the state, and record who did it, in one transaction; one change after the other.

        Arguments:
            decide: Gets the state as it is, and says what it shall be. It must do nothing else, because it
                may be called more than once. If it raises, nothing is changed.

        Returns:
            The state as it is now, with a revision that it never had before, or as it was where ``decide``
            changed nothing.
        """
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
