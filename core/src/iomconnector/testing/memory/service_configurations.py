"""Service configurations in memory."""

from collections.abc import Sequence
from copy import deepcopy

from iomconnector.errors import NotFoundError
from iomconnector.ports.service_configuration_store import ServiceConfiguration


class MemoryServiceConfigurationStore:
    """Implements :class:`~iomconnector.ports.service_configuration_store.ServiceConfigurationStore`."""

    def __init__(self) -> None:
        self._configurations: dict[str, ServiceConfiguration] = {}

    async def save(self, configuration: ServiceConfiguration) -> None:
        """Add or replace the configuration of that id."""
        self._configurations[configuration.id] = deepcopy(configuration)

    async def get(self, configuration_id: str) -> ServiceConfiguration:
        """The configuration of that id."""
        if configuration_id not in self._configurations:
            raise NotFoundError(
                f"There is no service configuration {configuration_id!r}.", service=configuration_id
            )
        return deepcopy(self._configurations[configuration_id])

    async def all(self) -> Sequence[ServiceConfiguration]:
        """Every configuration, by id."""
        return [deepcopy(self._configurations[key]) for key in sorted(self._configurations)]

    async def delete(self, configuration_id: str) -> None:
        """Remove the configuration of that id, if there is one."""
        self._configurations.pop(configuration_id, None)
