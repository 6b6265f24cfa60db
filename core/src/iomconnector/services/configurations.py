"""Configure managed services: settings are checked before they are stored, secrets are sealed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, Secret, SecretBytes, SecretStr, ValidationError

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

        Switching asks for nothing else: it also works where no cartridge offers the service type any more.
        A secret that cannot be opened any more can be replaced.

        Raises:
            NotFoundError: There is no such configuration, or no cartridge offers its service type.
            ConfigurationError: A setting is unknown or wrong, or another secret cannot be opened.
        """
        present = await self._store.get(configuration_id)
        switched = present.active if active is None else active
        if not values:
            configuration = replace(present, active=switched, updated_at=self._clock.now())
            await self._store.save(configuration)
            return configuration
        kept = {name: value for name, value in present.values.items() if name not in values}
        return await self.save(
            configuration_id,
            definition=present.definition,
            context=present.context,
            values={**self._plain(configuration_id, kept), **values},
            display_name=present.display_name,
            active=switched,
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
        plain = self._plain(configuration.id, configuration.values)
        return self._checked(configuration.id, configuration.definition, plain)

    @staticmethod
    def masked(configuration: ServiceConfiguration) -> Mapping[str, Any]:
        """The settings for people: secrets are masked."""
        return _with_secrets(configuration.values, lambda _: MASK)

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
        written = model.model_dump(mode="json", exclude_unset=True)
        sealed: Mapping[str, Any] = self._seal(written, model.model_dump(mode="python", exclude_unset=True))
        return sealed

    def _seal(self, written: Any, value: Any) -> Any:
        """What is stored of a setting: ``written`` is its JSON, in which secrets are lost."""
        if isinstance(value, SecretStr):
            return {SEALED: self._secrets.seal(value.get_secret_value())}
        if isinstance(value, SecretBytes | Secret):
            raise ConfigurationError(
                f"A setting is of type {type(value).__name__}, which cannot be stored.",
                hint="Declare it as pydantic.SecretStr.",
            )
        if isinstance(value, Mapping):
            parts = zip(written.items(), value.values(), strict=True)
            return {name: self._seal(part, original) for (name, part), original in parts}
        if isinstance(value, list | tuple):
            return [self._seal(*part) for part in zip(written, value, strict=True)]
        return written

    def _plain(self, configuration_id: str, values: Mapping[str, Any]) -> dict[str, Any]:
        plain = {}
        for name, value in values.items():
            try:
                plain[name] = _with_secret(value, self._secrets.open)
            except ConfigurationError as error:
                raise ConfigurationError(
                    f"Setting {name} of service {configuration_id!r} cannot be read: {error.message}",
                    hint=error.hint,
                    service=configuration_id,
                ) from error
        return plain


def _with_secrets(values: Mapping[str, Any], shown: Callable[[str], str]) -> dict[str, Any]:
    return {name: _with_secret(value, shown) for name, value in values.items()}


def _with_secret(value: Any, shown: Callable[[str], str]) -> Any:
    if isinstance(value, Mapping):
        sealed = value.get(SEALED)
        return shown(sealed) if len(value) == 1 and isinstance(sealed, str) else _with_secrets(value, shown)
    return [_with_secret(part, shown) for part in value] if isinstance(value, list) else value
