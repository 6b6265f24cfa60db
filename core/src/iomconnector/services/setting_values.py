"""Settings of services: checked against their type, sealed for the store, opened for the adapter."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from pydantic import BaseModel, Secret, SecretBytes, SecretStr, ValidationError

from iomconnector.errors import ConfigurationError
from iomconnector.observability.masking import KNOWN_SECRETS
from iomconnector.ports.secret_store import SecretStore
from iomconnector.ports.service_configuration_store import ServiceConfiguration
from iomconnector.services.errors import ServiceSettingsError
from iomconnector.services.registry import ServiceDefinitions
from iomconnector.services.sealed_settings import SEALED, sealed_text, stored_key, with_secrets
from iomconnector.services.setting_problems import setting_problems, told


class SettingValues:
    """Checks, seals and opens settings.

    Arguments:
        definitions: The service types of the assembly.
        secrets: Seals and opens secrets.
    """

    def __init__(self, definitions: ServiceDefinitions, secrets: SecretStore) -> None:
        self._definitions = definitions
        self._secrets = secrets

    def checked(self, configuration_id: str, definition: str, values: Mapping[str, Any]) -> BaseModel:
        """The settings as the adapter gets them.

        Raises:
            NotFoundError: No cartridge offers the service type.
            ServiceSettingsError: A setting is unknown, missing or wrong; all are named, no value is shown.
        """
        model = self._definitions.get(definition).configuration
        try:
            checked: BaseModel = model.model_validate(dict(values))
        except ValidationError as error:
            problems = setting_problems(error, model)
            raise ServiceSettingsError(
                f"Service {configuration_id!r} is not configured correctly: {told(problems, model)}.",
                problems=problems,
                hint="`iomconnector service types "
                f"{definition}` tells its settings, `iomconnector service set` changes them.",
                service=configuration_id,
            ) from None
        return checked

    def names(self, definition: str) -> Collection[str]:
        """The names of the settings of a service type.

        Raises:
            NotFoundError: No cartridge offers the service type.
        """
        model: type[BaseModel] = self._definitions.get(definition).configuration
        return model.model_fields.keys()

    def sealed(self, model: BaseModel, stored: Mapping[str, Any]) -> Mapping[str, Any]:
        """What is stored of settings: what was given, its secrets sealed.

        Arguments:
            model: The settings.
            stored: What is stored by now; a secret that is the same stays as it is sealed there.

        Raises:
            ConfigurationError: A secret is of a kind that cannot be stored.
        """
        written = model.model_dump(mode="json", exclude_unset=True)
        values = model.model_dump(mode="python", exclude_unset=True)
        return {name: self._seal(written[name], values[name], stored.get(name)) for name in written}

    def plain(self, configuration_id: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Stored settings with their secrets opened.

        Raises:
            ConfigurationError: A secret cannot be opened; its setting is named.
        """
        plain = {}
        for name, value in values.items():
            try:
                plain[name] = with_secrets(value, self._secrets.open)
            except ConfigurationError as error:
                raise ConfigurationError(
                    f"Setting {name} of service {configuration_id!r} cannot be read: {error.message}",
                    hint=error.hint,
                    service=configuration_id,
                ) from error
        return plain

    def opened(self, configuration: ServiceConfiguration) -> BaseModel:
        """The settings of a configuration as its adapter gets them. The log masks their secrets from now on.

        Raises:
            NotFoundError: No cartridge offers the service type.
            ConfigurationError: They do not fit the service type any more, or a secret cannot be opened.
        """
        plain = self.plain(configuration.id, configuration.values)
        opened = self.checked(configuration.id, configuration.definition, plain)
        KNOWN_SECRETS.remember_all(opened)
        return opened

    def _seal(self, written: Any, value: Any, stored: Any) -> Any:
        """What is stored of a setting: ``written`` is its JSON, in which secrets are lost."""
        if isinstance(value, SecretStr):
            secret = value.get_secret_value()
            if not is_text(secret):
                raise ConfigurationError(
                    "A secret holds what is no text, so it cannot be stored.", hint="Enter it again."
                )
            return self._kept(secret, stored) or {SEALED: self._secrets.seal(secret)}
        if isinstance(value, Mapping):
            known: Mapping[str, Any] = stored if isinstance(stored, Mapping) else {}
            parts = zip(map(stored_key, written), written.values(), value.values(), strict=True)
            return {key: self._seal(part, original, known.get(key)) for key, part, original in parts}
        if isinstance(value, list | tuple):
            known_parts = stored if isinstance(stored, list) else []
            padded = [*known_parts, *[None] * len(value)]
            return [
                self._seal(part, original, before)
                for part, original, before in zip(written, value, padded, strict=False)
            ]
        if _holds_secret(value):
            raise ConfigurationError(
                f"A secret setting is of type {type(value).__name__}, which cannot be stored.",
                hint="Declare it as pydantic.SecretStr, and several of them as a list.",
            )
        return written

    def _kept(self, secret: str, stored: Any) -> Mapping[str, str] | None:
        sealed = sealed_text(stored)
        if sealed is None:
            return None
        try:
            same = self._secrets.open(sealed) == secret
        except ConfigurationError:
            return None
        return {SEALED: sealed} if same else None


def is_text(text: str) -> bool:
    """Whether every database can keep it: it has no half characters and no zero byte."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _holds_secret(value: Any) -> bool:
    """Whether a setting is a secret or has one in it, of which only asterisks would be stored."""
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return any(map(_holds_secret, value))
    return isinstance(value, SecretStr | SecretBytes | Secret)
