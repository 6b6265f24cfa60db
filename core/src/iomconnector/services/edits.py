"""What a change of managed services does to the state, and when it may not."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from iomconnector.errors import ConfigurationError
from iomconnector.model.contexts import Context, ContextKind
from iomconnector.ports.service_configuration_store import ServiceConfiguration, Sharing
from iomconnector.services.context_tree import ContextTree
from iomconnector.services.definition import ServiceDefinition
from iomconnector.services.draft import NOT_YET, Draft
from iomconnector.services.errors import OverrideRefusedError, ServiceChangedError, ServiceSettingsError
from iomconnector.services.registry import ServiceDefinitions
from iomconnector.services.setting_values import SettingValues, is_text

LONGEST_ID = 255
ID_RULE = f"An id has 1 to {LONGEST_ID} characters, no blanks or slashes, and not dots alone."


def can_be_id(text: str) -> bool:
    """Whether services can have that id; an address must be able to hold it, so dots alone do not do."""
    fits = 1 <= len(text) <= LONGEST_ID and text.strip(".") != ""
    return fits and text.isprintable() and not set(text) & set(" /")


@dataclass(frozen=True, slots=True)
class Addition:
    """A configuration to add; the fields are those of ``ManagedServices.add``."""

    id: str
    definition: ServiceDefinition[Any]
    context: str
    values: Mapping[str, Any] = field(repr=False)
    display_name: str = ""
    available: bool = True
    active: bool = True
    sharing: Sharing = Sharing.SHARED_ACTIVE


def add(draft: Draft, tree: ContextTree, settings: SettingValues, addition: Addition) -> None:
    """Add a configuration, and enable its type where nobody ever decided on it.

    Raises:
        ConfigurationError: There is one of that id, the id cannot be one, or a setting is wrong.
    """
    _check_id(draft, addition.id)
    _check_name(addition.id, addition.display_name)
    model = settings.checked(addition.id, addition.definition.id, addition.values)
    draft.configurations[addition.id] = ServiceConfiguration(
        id=addition.id,
        definition=addition.definition.id,
        context=addition.context,
        display_name=addition.display_name or addition.definition.display_name,
        values=settings.sealed(model, {}),
        available=addition.available,
        active=addition.active,
        sharing=addition.sharing,
        version=1,
        updated_at=NOT_YET,
        updated_by="",
    )
    draft.enablements.setdefault((addition.definition.id, tree.organization(addition.context)), True)


def _check_id(draft: Draft, configuration_id: str) -> None:
    if configuration_id in draft.configurations:
        raise ConfigurationError(
            f"There is a service {configuration_id!r} already.",
            hint="`iomconnector service set` changes it.",
            service=configuration_id,
        )
    if not can_be_id(configuration_id):
        raise ConfigurationError(
            f"{configuration_id!r} cannot be the id of a service.",
            hint=ID_RULE,
            service=configuration_id,
        )


def change(
    draft: Draft,
    settings: SettingValues,
    configuration_id: str,
    *,
    values: Mapping[str, Any] | None = None,
    defaults: Collection[str] = (),
    fields: Mapping[str, Any] | None = None,
    expected_version: int | None = None,
) -> None:
    """Change some settings and fields of a configuration; the others stay.

    Raises:
        NotFoundError: There is no such configuration, or no cartridge offers its service type.
        ServiceChangedError: It has another version than expected.
        ConfigurationError: A setting is wrong, or another secret cannot be opened, or a setting that shall
            have its default is unknown or has none.
    """
    present = draft.get(configuration_id)
    if expected_version not in (None, present.version):
        raise ServiceChangedError(
            f"{configuration_id} was changed by {present.updated_by or 'somebody'} "
            f"at {present.updated_at:%Y-%m-%d %H:%M:%S %Z} in the meantime; nothing was stored.",
            hint="Look at it again, and repeat your change.",
            service=configuration_id,
        )
    _check_name(configuration_id, (fields or {}).get("display_name", ""))
    stored = present.values
    if values or defaults:
        given = values or {}
        _check_known(configuration_id, defaults, {*stored, *settings.names(present.definition)})
        kept = {name: value for name, value in stored.items() if name not in {*given, *defaults}}
        plain = {**settings.plain(configuration_id, kept), **given}
        model = settings.checked(configuration_id, present.definition, plain)
        stored = settings.sealed(model, stored)
    draft.configurations[configuration_id] = replace(present, values=stored, **(fields or {}))


def _check_name(configuration_id: str, name: str) -> None:
    if not is_text(name):
        raise ConfigurationError(
            f"The name of {configuration_id} holds what is no text, so it cannot be stored.",
            hint="Enter it again.",
            service=configuration_id,
        )


def _check_known(configuration_id: str, names: Collection[str], known: Collection[str]) -> None:
    unknown = {name: "is no setting of this service type" for name in names if name not in known}
    if unknown:
        raise ServiceSettingsError(
            f"Service {configuration_id!r} has no setting {' and no setting '.join(unknown)}.",
            problems=unknown,
            hint=f"`iomconnector service show {configuration_id}` shows those that are set.",
            service=configuration_id,
        )


def override(
    draft: Draft, tree: ContextTree, configuration_id: str, context: str, active: bool | None
) -> None:
    """Switch a shared configuration for a context, or let it follow the sharing rule again.

    Raises:
        NotFoundError: There is no such configuration.
        OverrideRefusedError: The context is not below the owner, or the sharing rule does not allow it.
    """
    configuration = draft.get(configuration_id)
    if active is None and draft.overrides.pop((configuration_id, context), None) is not None:
        return
    owner = configuration.context
    problem, hint = "", ""
    if context == owner:
        problem = f"{context} owns {configuration_id}"
        hint = f"Activate or deactivate it in {owner} itself."
    elif owner not in tree.path(context):
        problem = f"{configuration_id} belongs to {owner}, and {context} is not below it"
        hint = "Choose a context below the owner."
    elif configuration.sharing is Sharing.UNSHARED:
        problem = f"{owner} does not share {configuration_id}"
        hint = f"Change its sharing rule in {owner}."
    elif configuration.sharing is Sharing.SHARED_MANDATORY:
        problem = f"{configuration_id} is mandatory below {owner}"
        hint = f"Change its sharing rule in {owner}."
    if problem:
        raise OverrideRefusedError(
            f"{problem}: there is nothing that {context} could switch for itself.",
            hint=hint,
            service=configuration_id,
            context=context,
        )
    if active is not None:
        draft.overrides[configuration_id, context] = active


def enable(
    draft: Draft, definitions: ServiceDefinitions, definition: str, path: Sequence[Context], enabled: bool
) -> None:
    """Enable a service type for an organization, or disable it.

    Raises:
        ConfigurationError: The context is no organization.
        NotFoundError: No cartridge offers the service type; one that is enabled can be disabled all the same.
    """
    if path[0].kind is not ContextKind.ORGANIZATION:
        raise ConfigurationError(
            f"{path[0].id} is no organization, and service types are enabled for organizations.",
            hint=f"Name {path[-1].id}, to which it belongs.",
            context=path[0].id,
        )
    if enabled or (definition, path[0].id) not in draft.enablements:
        definitions.get(definition)
    draft.enablements[definition, path[0].id] = enabled
