"""Settings as pages show them; secrets come masked."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from iomconnector.services.setting_fields import SettingField, SettingKind


@dataclass(frozen=True, slots=True)
class ShownSetting:
    """A setting with its value, to read.

    Arguments:
        name: Its name.
        title: Its name for people.
        help: What it is good for.
        value: Its value as a text; empty where there is none.
        unit: The unit of the value.
        is_default: Whether the value is the default.
        secret: Whether the value is masked.
    """

    name: str
    title: str
    help: str
    value: str
    unit: str
    is_default: bool
    secret: bool


def shown_settings(fields: Sequence[SettingField], masked: Mapping[str, Any]) -> list[ShownSetting]:
    """Every setting with its value, in the order of the service type; unknown ones last."""
    known = {field.name for field in fields}
    shown = [
        ShownSetting(
            name=field.name,
            title=field.title,
            help=field.help,
            value=text_of(masked.get(field.name, field.default)),
            unit=field.unit,
            is_default=not field.secret and masked.get(field.name, field.default) == field.default,
            secret=field.secret and field.kind is SettingKind.SECRET,
        )
        for field in fields
    ]
    return shown + [
        ShownSetting(name, name, "No setting of the service type.", text_of(value), "", False, False)
        for name, value in masked.items()
        if name not in known
    ]


def text_of(value: object) -> str:
    """A value as a text for people."""
    if value is None or value in ([], {}):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return f"{value:.15g}"
    return json.dumps(
        value, ensure_ascii=False, indent=2 if isinstance(value, dict | list) and value else None
    )
