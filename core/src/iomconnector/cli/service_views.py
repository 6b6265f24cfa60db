"""Managed services as tables and as JSON."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import typer

from iomconnector.cli.terminal import console, print_table
from iomconnector.model.audit import AuditEntry
from iomconnector.services.definition import ServiceDefinition
from iomconnector.services.errors import ServiceConflictError
from iomconnector.services.rows import ConnectionReport, ServiceRow
from iomconnector.services.sealed_settings import masked
from iomconnector.services.setting_fields import SettingField


def type_content(
    cartridge: str,
    definition: ServiceDefinition[Any],
    fields: Sequence[SettingField],
    enabled: Sequence[str],
) -> Mapping[str, Any]:
    """A service type as JSON."""
    return {
        "id": definition.id,
        "name": definition.display_name,
        "help": definition.help,
        "group": definition.group,
        "port": definition.port.__name__,
        "cartridge": cartridge,
        "enabled_for": list(enabled),
        "needs": [list(group) for group in definition.needs],
        "excludes": list(definition.excludes),
        "test": definition.check is not None,
        "settings": [
            {
                "name": each.name,
                "title": each.title,
                "help": each.help,
                "unit": each.unit,
                "default": each.default,
                "required": each.required,
                "secret": each.secret,
                "kind": each.kind.value,
                "choices": list(each.choices),
            }
            for each in fields
        ],
    }


def print_types(types: Sequence[Mapping[str, Any]]) -> None:
    """Every service type, by group."""
    print_table(
        "Service types",
        ("Type", "Name", "Group", "Enabled for"),
        [
            (each["id"], each["name"], each["group"], ", ".join(each["enabled_for"]) or "-")
            for each in sorted(types, key=lambda each: (each["group"], each["id"]))
        ],
    )


def print_type(content: Mapping[str, Any]) -> None:
    """One service type with its settings."""
    facts = {
        "What for": content["help"],
        "Group": content["group"],
        "Serves": content["port"],
        "Cartridge": content["cartridge"],
        "Enabled for": ", ".join(content["enabled_for"]) or "no organization",
        "Needs": "; ".join(" or ".join(group) for group in content["needs"]),
        "Excludes": ", ".join(content["excludes"]),
        "Connection test": "yes" if content["test"] else "no",
    }
    rows = [(name, text) for name, text in facts.items() if text]
    print_table(f"{content['id']} ({content['name']})", ("", ""), rows)
    _print_settings(content["settings"])


def _print_settings(settings: Sequence[Mapping[str, Any]]) -> None:
    from rich.padding import Padding
    from rich.text import Text

    for each in settings:
        name, told, help_text = _described(each)
        console.print(Text.assemble("\n", (name, "bold"), f" ({told})" if told else ""))
        console.print(Padding(Text(help_text), (0, 0, 0, 4)))


def _described(setting: Mapping[str, Any]) -> tuple[str, str, str]:
    """The name of a setting, what must be known of it, and its help text."""
    unit = f" {setting['unit']}" if setting["unit"] else ""
    default = setting["default"]
    facts = [
        "required" if setting["required"] else "",
        "secret" if setting["secret"] else "",
        f"default {shown(default)}{unit}" if default not in (None, "", [], {}) else "",
        f"in{unit}" if unit and default is None else "",
        f"one of {', '.join(setting['choices'])}" if setting["choices"] else "",
    ]
    told = "; ".join(fact for fact in facts if fact)
    help_text = f"{setting['title']}. {setting['help']}".strip()
    return setting["name"], told, help_text


def row_content(row: ServiceRow, context: str) -> Mapping[str, Any]:
    """A configuration, as a context sees it, as JSON."""
    configuration = row.configuration
    return {
        "id": configuration.id,
        "type": configuration.definition,
        "context": configuration.context,
        "name": configuration.display_name,
        "available": configuration.available,
        "active": configuration.active,
        "sharing": configuration.sharing.value,
        "version": configuration.version,
        "updated_at": configuration.updated_at.isoformat(),
        "updated_by": configuration.updated_by,
        "settings": masked(configuration.values),
        "status": {
            "in": context,
            "operational": row.status.operational,
            "reason": row.status.reason,
            "active": row.status.active,
            "overridden": row.status.overridden,
            "conflicts": list(row.conflicts),
        },
    }


def print_rows(title: str, rows: Sequence[ServiceRow], *, seen_from: str | None) -> None:
    """Configurations with their status.

    Arguments:
        title: What they are.
        rows: They.
        seen_from: The context whose status is shown; each one's owner where there is none.
    """
    cells = [(_status(row).replace(", ", "\n"), _described_row(row, seen_from)) for row in rows]
    print_table(title, ("Status", "Configuration"), cells)


def print_conflicts(conflicts: Sequence[ServiceConflictError]) -> None:
    """What cannot be operational together and is active, on standard error."""
    for each in conflicts:
        typer.secho(f"error: {each.message} {each.hint}", fg="red", err=True)


def _described_row(row: ServiceRow, seen_from: str | None) -> str:
    configuration = row.configuration
    lines = [configuration.id, f"{configuration.definition}, {_owner(row, seen_from)}", _reason(row)]
    return "\n".join(line for line in lines if line)


def _owner(row: ServiceRow, seen_from: str | None) -> str:
    shared = "shared from " if seen_from is not None and row.shared_from else ""
    return f"{shared}{row.configuration.context}, {row.configuration.sharing.value}"


def _status(row: ServiceRow) -> str:
    status = "conflict" if row.conflicts else "operational" if row.status.operational else "off"
    return f"{status}, overridden" if row.status.overridden else status


def _reason(row: ServiceRow) -> str:
    if row.status.operational and row.conflicts:
        return f"Only one of it and {', '.join(row.conflicts)} may be active: deactivate the others."
    return row.status.reason


def print_row(row: ServiceRow, context: str, overrides: Mapping[str, bool]) -> None:
    """One configuration with everything about it."""
    configuration = row.configuration
    facts = {
        "Type": configuration.definition,
        "Owner": configuration.context,
        "Status": f"{_status(row)} in {context}",
        "Reason": _reason(row),
        "Available": _yes(configuration.available),
        "Active": _yes(configuration.active),
        "Sharing": configuration.sharing.value,
        "Overrides": ", ".join(f"{where}: {'on' if on else 'off'}" for where, on in overrides.items()),
        "Version": f"{configuration.version}, {configuration.updated_at:%Y-%m-%d %H:%M} "
        f"by {configuration.updated_by or 'somebody'}",
    }
    rows = [(name, text) for name, text in facts.items() if text]
    print_table(f"{configuration.id} ({configuration.display_name})", ("", ""), rows)
    settings = sorted(masked(configuration.values).items())
    print_table("", ("Setting", "Value"), [(name, shown(value)) for name, value in settings])


def entry_content(entry: AuditEntry) -> Mapping[str, Any]:
    """An entry of the audit trail as JSON."""
    return {
        "number": entry.number,
        "at": entry.at.isoformat(),
        "by": entry.by,
        "action": entry.action,
        "subject": entry.subject,
        "context": entry.context,
        "changes": {name: {"old": old, "new": new} for name, (old, new) in entry.changes.items()},
    }


def print_entries(entries: Sequence[AuditEntry]) -> None:
    """Entries of the audit trail: who did it when, and below it what was changed."""
    for entry in entries:
        _print_entry(f"{entry.at:%Y-%m-%d %H:%M:%S} UTC  {entry.by}: ", entry)


def print_changes(title: str, entries: Sequence[AuditEntry]) -> None:
    """Changes that were or would be made."""
    from rich.text import Text

    console.print(Text(title, style="italic"))
    for entry in entries:
        _print_entry("", entry)


def _print_entry(head: str, entry: AuditEntry) -> None:
    from rich.padding import Padding
    from rich.text import Text

    place = f" in {entry.context}" if entry.context else ""
    console.print(Text.assemble(head, (f"{entry.action.partition('.')[2]} {entry.subject}", "bold"), place))
    console.print(Padding(Text(changes_shown(entry)), (0, 0, 0, 4)))


def changes_shown(entry: AuditEntry) -> str:
    """What was changed, a line each."""
    lines = []
    for name, (old, new) in entry.changes.items():
        was = "" if old is None else f"{shown(old)} -> "
        lines.append(f"{name.removeprefix('settings.')}: {was}{'-' if new is None else shown(new)}")
    return "\n".join(lines)


def report_content(report: ConnectionReport) -> Mapping[str, Any]:
    """What a connection test found, as JSON."""
    return {"ok": report.ok, "message": report.message, "seconds": round(report.seconds, 3)}


def shown(value: object) -> str:
    """A value for people."""
    if isinstance(value, bool):
        return _yes(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _yes(value: bool) -> str:
    return "yes" if value else "no"
