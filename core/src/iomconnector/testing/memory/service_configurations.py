"""Managed services in memory."""

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import replace
from uuid import uuid4

from iomconnector.errors import NotFoundError
from iomconnector.ports.service_configuration_store import ServiceChange, ServiceConfiguration, ServiceState
from iomconnector.testing.memory.audit_trail import MemoryAuditTrail


class MemoryServiceConfigurationStore:
    """Implements :class:`~iomconnector.ports.service_configuration_store.ServiceConfigurationStore`.

    Arguments:
        audit_trail: Gets what the changes say for it.
    """

    def __init__(self, audit_trail: MemoryAuditTrail | None = None) -> None:
        self._audit_trail = audit_trail or MemoryAuditTrail()
        self._state = ServiceState(revision=uuid4().hex)

    async def state(self) -> ServiceState:
        """The state."""
        return deepcopy(self._state)

    async def revision(self) -> str:
        """The revision of the state."""
        return self._state.revision

    async def change(self, decide: Callable[[ServiceState], ServiceChange]) -> ServiceState:
        """Change the state, and record who did it."""
        change = decide(deepcopy(self._state))
        after = replace(deepcopy(change.after), revision=self._state.revision)
        self._audit_trail.append(*change.audit)
        if after != self._state:
            self._state = replace(after, revision=uuid4().hex)
        return deepcopy(self._state)

    async def get(self, configuration_id: str) -> ServiceConfiguration:
        """The configuration of that id."""
        if configuration_id not in self._state.configurations:
            raise NotFoundError(
                f"There is no service configuration {configuration_id!r}.", service=configuration_id
            )
        return deepcopy(self._state.configurations[configuration_id])

    async def all(self) -> Sequence[ServiceConfiguration]:
        """Every configuration, by id."""
        return [deepcopy(each) for _, each in sorted(self._state.configurations.items())]
