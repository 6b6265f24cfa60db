"""The state of managed services while a change is made, and what the change amounts to."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from iomconnector.errors import NotFoundError
from iomconnector.model.audit import AuditEntry
from iomconnector.ports.service_configuration_store import (
    ServiceChange,
    ServiceConfiguration,
    ServiceState,
    Sharing,
)
from iomconnector.services.sealed_settings import changed_settings

FIELDS = ("definition", "context", "display_name", "available", "active", "sharing")
"""What is told of a configuration beside its settings."""


NOT_YET = datetime.min.replace(tzinfo=UTC)
"""When a configuration was changed that is in a draft only."""


class Draft:
    """A copy of the state that can be changed.

    Arguments:
        before: The state as it is.
    """

    def __init__(self, before: ServiceState) -> None:
        self._before = before
        self.configurations = dict(before.configurations)
        self.enablements = dict(before.enablements)
        self.overrides = dict(before.overrides)

    @property
    def state(self) -> ServiceState:
        """The state as it shall be."""
        return ServiceState(self.configurations, self.enablements, self.overrides, self._before.revision)

    def get(self, configuration_id: str) -> ServiceConfiguration:
        """The configuration of that id.

        Raises:
            NotFoundError: There is none.
        """
        if configuration_id not in self.configurations:
            raise NotFoundError(
                f"There is no service configuration {configuration_id!r}.",
                hint="`iomconnector service list` shows those that there are.",
                service=configuration_id,
            )
        return self.configurations[configuration_id]

    def remove(self, configuration_id: str) -> None:
        """Remove a configuration and what departs from its sharing rule."""
        del self.configurations[configuration_id]
        for configuration, context in list(self.overrides):
            if configuration == configuration_id:
                del self.overrides[configuration, context]

    def change(self, *, by: str, at: datetime) -> ServiceChange:
        """What was done to the state, signed and dated."""
        known = self._before.configurations
        for key, each in self.configurations.items():
            if key not in known or each != known[key]:
                version = known[key].version + 1 if key in known else 1
                self.configurations[key] = replace(each, version=version, updated_at=at, updated_by=by)
        after = self.state
        return ServiceChange(after, tuple(_entries(self._before, after, by, at)))


def _entries(before: ServiceState, after: ServiceState, by: str, at: datetime) -> Iterator[AuditEntry]:
    for definition, organization in sorted(after.enablements):
        was = before.enablements.get((definition, organization))
        enabled = after.enablements[definition, organization]
        if was != enabled:
            action = "service.enabled" if enabled else "service.disabled"
            yield AuditEntry(at, by, action, definition, organization, {"enabled": (was, enabled)})
    for key in sorted(before.configurations.keys() | after.configurations.keys()):
        old, new = before.configurations.get(key), after.configurations.get(key)
        verb = "added" if old is None else "removed" if new is None else "changed"
        context = new.context if new is not None else before.configurations[key].context
        if changes := _changes(old, new):
            yield AuditEntry(at, by, f"service.{verb}", key, context, changes)
    for key, context in sorted(before.overrides.keys() | after.overrides.keys()):
        was, active = before.overrides.get((key, context)), after.overrides.get((key, context))
        if was != active:
            yield AuditEntry(at, by, "service.overridden", key, context, {"active": (was, active)})


def _changes(
    old: ServiceConfiguration | None, new: ServiceConfiguration | None
) -> dict[str, tuple[Any, Any]]:
    fields = ((name, _field(old, name), _field(new, name)) for name in FIELDS)
    changed = {name: (was, now) for name, was, now in fields if was != now}
    settings = changed_settings(old.values if old else {}, new.values if new else {})
    return changed | {f"settings.{name}": change for name, change in settings.items()}


def _field(configuration: ServiceConfiguration | None, name: str) -> Any:
    value = getattr(configuration, name, None)
    return str(value) if isinstance(value, Sharing) else value
