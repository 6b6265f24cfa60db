"""Carry managed services from one system to another, or keep them under version control."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from iomconnector.errors import ConfigurationError, ConnectorError
from iomconnector.ports.service_configuration_store import ServiceConfiguration, ServiceState, Sharing
from iomconnector.services import edits
from iomconnector.services.context_tree import ContextTree
from iomconnector.services.draft import Draft
from iomconnector.services.registry import ServiceDefinitions
from iomconnector.services.sealed_settings import has_secret, masked
from iomconnector.services.setting_values import SettingValues
from iomconnector.services.transfer_document import (
    OrganizationPart,
    ServicePart,
    TransferDocument,
    without_nothing,
)

OVERRIDABLE = (Sharing.SHARED_ACTIVE, Sharing.SHARED_INACTIVE)


def exported(state: ServiceState, contexts: Collection[str]) -> TransferDocument:
    """What some contexts own, and what those of them that are organizations decided, without secrets."""
    organizations = sorted({organization for _, organization in state.enablements} & set(contexts))
    return TransferDocument(
        organization=[
            OrganizationPart(
                id=each,
                enabled=sorted(key for (key, where), on in state.enablements.items() if where == each and on),
                disabled=sorted(
                    key for (key, where), on in state.enablements.items() if where == each and not on
                ),
            )
            for each in organizations
        ],
        service=[
            _exported(each, state.overrides)
            for _, each in sorted(state.configurations.items())
            if each.context in contexts
        ],
    )


def _exported(configuration: ServiceConfiguration, overrides: Mapping[tuple[str, str], bool]) -> ServicePart:
    secrets = sorted(name for name, value in configuration.values.items() if has_secret(value))
    open_ones = {name: value for name, value in configuration.values.items() if name not in secrets}
    settings, nothing = without_nothing(masked(open_ones))
    mine = {where: on for (key, where), on in sorted(overrides.items()) if key == configuration.id}
    return ServicePart(
        id=configuration.id,
        type=configuration.definition,
        context=configuration.context,
        name=configuration.display_name,
        available=configuration.available,
        active=configuration.active,
        sharing=configuration.sharing,
        secrets=secrets,
        nothing=list(nothing),
        settings=settings,
        overrides=mine if configuration.sharing in OVERRIDABLE else {},
    )


class ServiceImport:
    """Makes the services what a file says; those that are not in it stay as they are.

    Arguments:
        document: The content of the file.
        secrets: Secrets by ``ID.NAME``, which come before those that are stored and before the file.
        definitions: The service types of the assembly.
        settings: Checks and seals settings.
    """

    def __init__(
        self,
        document: TransferDocument,
        secrets: Mapping[str, Any],
        definitions: ServiceDefinitions,
        settings: SettingValues,
    ) -> None:
        self._document = document
        self._secrets = secrets
        self._definitions = definitions
        self._settings = settings

    def wants(self, configuration: ServiceConfiguration) -> bool:
        """Whether a configuration is in the file."""
        return any(part.id == configuration.id for part in self._document.service)

    def apply(self, draft: Draft, tree: ContextTree) -> None:
        """Make the changes.

        Raises:
            ConfigurationError: Something is wrong with the file; everything is named.
        """
        problems = [*self._superfluous_secrets(), *self._repeated()]
        missing: list[str] = []
        for part in self._document.service:
            problems += _problems(partial(self._put, draft, tree, part, missing))
        for organization in self._document.organization:
            problems += _problems(partial(self._decide, draft, tree, organization))
        if missing:
            problems.append(f"Secrets are missing: {', '.join(missing)}. Give each as ID.NAME=@FILE.")
        if problems:
            raise ConfigurationError(
                "\n  ".join(["The file cannot be imported, and nothing was changed:", *problems])
            )

    def _superfluous_secrets(self) -> list[str]:
        known = {part.id for part in self._document.service}
        strange = [key for key in self._secrets if key.rpartition(".")[0] not in known]
        return [f"{key} belongs to no service of the file." for key in strange]

    def _repeated(self) -> list[str]:
        ids = [part.id for part in self._document.service]
        return [
            f"{each} stands in the file {ids.count(each)} times."
            for each in sorted(set(ids))
            if ids.count(each) > 1
        ]

    def _put(self, draft: Draft, tree: ContextTree, part: ServicePart, missing: list[str]) -> None:
        if part.context not in tree:
            raise ConfigurationError(f"{part.id}: there is no context {part.context!r}.")
        present = draft.configurations.get(part.id)
        if present is not None and (present.definition, present.context) != (part.type, part.context):
            raise ConfigurationError(
                f"{part.id} is of type {present.definition} and belongs to {present.context} here, "
                f"not of type {part.type} in {part.context}: remove it first, or change its id in the file."
            )
        values = self._values(present, part, missing)
        if values is None:
            return
        definition = self._definitions.get(part.type)
        if present is None:
            addition = edits.Addition(part.id, definition, part.context, values, part.name)
            edits.add(draft, tree, self._settings, addition)
            present = draft.configurations[part.id]
        model = self._settings.checked(part.id, part.type, values)
        draft.configurations[part.id] = replace(
            present,
            values=self._settings.sealed(model, present.values),
            display_name=part.name or definition.display_name,
            available=part.available,
            active=part.active,
            sharing=part.sharing,
        )
        for key, where in list(draft.overrides):
            if key == part.id and where not in part.overrides:
                del draft.overrides[key, where]
        for where, on in part.overrides.items():
            if where not in tree:
                raise ConfigurationError(f"{part.id}: there is no context {where!r} to switch it for.")
            edits.override(draft, tree, part.id, where, on)

    def _values(
        self, present: ServiceConfiguration | None, part: ServicePart, missing: list[str]
    ) -> dict[str, Any] | None:
        """The settings of a configuration: stored secrets, the file, then what is given; none where a secret
        is missing."""
        given = {
            key.rpartition(".")[2]: value
            for key, value in self._secrets.items()
            if key.rpartition(".")[0] == part.id
        }
        stored = present.values if present is not None else {}
        in_file = {**part.settings, **dict.fromkeys(part.nothing)}
        kept = {
            name: value
            for name, value in stored.items()
            if has_secret(value) and name not in {*given, *in_file}
        }
        lacking = [name for name in part.secrets if name not in {*given, *in_file, *kept}]
        missing += [f"{part.id}.{name}" for name in lacking]
        return None if lacking else {**self._settings.plain(part.id, kept), **in_file, **given}

    def _decide(self, draft: Draft, tree: ContextTree, part: OrganizationPart) -> None:
        if part.id not in tree or tree.organization(part.id) != part.id:
            raise ConfigurationError(f"There is no organization {part.id!r}.")
        for definition in part.enabled:
            draft.enablements[self._definitions.get(definition).id, part.id] = True
        for definition in part.disabled:
            draft.enablements[definition, part.id] = False


def _problems(do: Callable[[], None]) -> list[str]:
    try:
        do()
    except ConnectorError as error:
        return [error.message]
    return []
