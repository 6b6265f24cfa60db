"""Configure managed services: settings are checked before they are stored, secrets are sealed."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, SecretStr, ValidationError

from iomconnector.errors import ConfigurationError
from iomconnector.ports.clock import Clock
from iomconnector.ports.context_repository import ContextRepository
from iomconnector.ports.secret_store import SecretStore
from iomconnector.ports.service_configuration_store import (
    ServiceConfiguration,
    ServiceConfigurationStore,
    Sharing,
)
from iomconnector.services.registry import ServiceDefinitions

SEALED = "sealed"
MASK = "********"


class ServiceConfigurations:
    """Saves and reads the configurations of managed services."""

    def __init__(
        self,
        store: ServiceConfigurationStore,
        definitions: ServiceDefinitions,
        contexts: ContextRepository,
        secrets: SecretStore,
        clock: Clock,
    ) -> None:
        self._store = store
        self._definitions = definitions
        self._contexts = contexts
        self._secrets = secrets
        self._clock = clock

    async def save(
        self,
        configuration_id: str,
        *,
        definition: str,
        context: str,
        values: Mapping[str, Any],
        display_name: str = "",
        active: bool = True,
        sharing: Sharing = Sharing.SHARED,
    ) -> ServiceConfiguration:
        """Check settings and store them, with their secrets sealed.

        Raises:
            NotFoundError: The service type or the context does not exist.
            ConfigurationError: A setting is unknown, missing or wrong; every one is named, no value is shown.
        """
        model = self._checked(configuration_id, definition, values)
        await self._contexts.path_to(context)
        configuration = ServiceConfiguration(
            id=configuration_id,
            definition=definition,
            context=context,
            display_name=display_name or self._definitions.get(definition).display_name,
            values=self._sealed(model),
            active=active,
            sharing=sharing,
            updated_at=self._clock.now(),
        )
        await self._store.save(configuration)
        return configuration

    async def change(
        self,
        configuration_id: str,
        *,
        values: Mapping[str, Any] | None = None,
        active: bool | None = None,
    ) -> ServiceConfiguration:
        """Change some settings of a configuration, or switch it on or off; the others stay.

        Raises:
            NotFoundError: There is no such configuration.
            ConfigurationError: A setting is unknown or wrong.
        """
        present = await self._store.get(configuration_id)
        return await self.save(
            configuration_id,
            definition=present.definition,
            context=present.context,
            values={**self._plain(present), **(values or {})},
            display_name=present.display_name,
            active=present.active if active is None else active,
            sharing=present.sharing,
        )

    async def all(self) -> Sequence[ServiceConfiguration]:
        """Every configuration, by id; secrets are sealed."""
        return await self._store.all()

    async def get(self, configuration_id: str) -> ServiceConfiguration:
        """One configuration; secrets are sealed.

        Raises:
            NotFoundError: There is none of that id.
        """
        return await self._store.get(configuration_id)

    def opened(self, configuration: ServiceConfiguration) -> BaseModel:
        """The settings as the adapter gets them.

        Raises:
            NotFoundError: No cartridge offers the service type.
            ConfigurationError: They do not fit the service type any more, or a secret cannot be opened.
        """
        return self._checked(configuration.id, configuration.definition, self._plain(configuration))

    @staticmethod
    def masked(configuration: ServiceConfiguration) -> Mapping[str, Any]:
        """The settings for people: secrets are masked."""
        return {name: MASK if _is_sealed(value) else value for name, value in configuration.values.items()}

    def _checked(self, configuration_id: str, definition: str, values: Mapping[str, Any]) -> BaseModel:
        model = self._definitions.get(definition).configuration
        try:
            checked: BaseModel = model.model_validate(dict(values))
        except ValidationError as error:
            details = error.errors(include_url=False, include_input=False, include_context=False)
            problems = "; ".join(
                f"{'.'.join(map(str, each['loc'])) or 'settings'}: {each['msg']}" for each in details
            )
            raise ConfigurationError(
                f"Service {configuration_id!r} is not configured correctly: {problems}.",
                hint=f"`iomconnector service set {configuration_id} NAME=VALUE` changes a setting.",
                service=configuration_id,
            ) from None
        return checked

    def _sealed(self, model: BaseModel) -> Mapping[str, Any]:
        plain = model.model_dump(mode="json", exclude_unset=True)
        for name in plain:
            value = getattr(model, name)
            if isinstance(value, SecretStr):
                plain[name] = {SEALED: self._secrets.seal(value.get_secret_value())}
        return plain

    def _plain(self, configuration: ServiceConfiguration) -> dict[str, Any]:
        return {
            name: self._secrets.open(value[SEALED]) if _is_sealed(value) else value
            for name, value in configuration.values.items()
        }


def _is_sealed(value: object) -> bool:
    return isinstance(value, dict) and set(value) == {SEALED}
