"""The service definitions that an assembly's cartridges offer."""

from collections.abc import Sequence
from typing import Any

from iomconnector.errors import ConfigurationError, NotFoundError
from iomconnector.services.definition import ServiceDefinition


class ServiceDefinitions:
    """Service definitions by id.

    Arguments:
        offered: Each definition with the cartridge that offers it, in load order.

    Raises:
        ConfigurationError: Two cartridges offer a definition of the same id.
    """

    def __init__(self, offered: Sequence[tuple[str, ServiceDefinition[Any]]]) -> None:
        self._offered: dict[str, tuple[str, ServiceDefinition[Any]]] = {}
        for cartridge, definition in offered:
            if definition.id in self._offered:
                raise ConfigurationError(
                    f"{cartridge} offers the service definition {definition.id!r}, "
                    f"but {self._offered[definition.id][0]} offers one of that id already.",
                    hint="Exclude one of the two cartridges in the assembly.",
                )
            self._offered[definition.id] = (cartridge, definition)

    def get(self, definition_id: str) -> ServiceDefinition[Any]:
        """The definition of that id.

        Raises:
            NotFoundError: No cartridge of the assembly offers it.
        """
        if definition_id not in self._offered:
            raise NotFoundError(
                f"No cartridge of this assembly offers a service type {definition_id!r}; "
                f"offered are: {', '.join(sorted(self._offered)) or 'none'}.",
                hint="Correct the id, or include the cartridge that offers it.",
            )
        return self._offered[definition_id][1]

    def cartridge(self, definition_id: str) -> str:
        """The cartridge that offers the definition of that id.

        Raises:
            NotFoundError: No cartridge of the assembly offers it.
        """
        self.get(definition_id)
        return self._offered[definition_id][0]

    def __contains__(self, definition_id: str) -> bool:
        return definition_id in self._offered

    @property
    def all(self) -> Sequence[tuple[str, ServiceDefinition[Any]]]:
        """Every definition with the cartridge that offers it, by id."""
        return [self._offered[key] for key in sorted(self._offered)]
