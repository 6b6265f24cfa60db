"""The settings of a service type as people see them: titles, help texts, units, defaults."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python


class SettingKind(StrEnum):
    """How a setting is entered."""

    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    SECRET = "secret"  # noqa: S105
    LIST = "list"
    """A JSON array."""
    OBJECT = "object"
    """A JSON object."""


@dataclass(frozen=True, slots=True)
class SettingField:
    """One setting of a service type.

    Arguments:
        name: Its name.
        title: Its name for people.
        help: What it is good for; may be empty.
        unit: Its unit, for example ``s``; may be empty.
        default: What it is where nothing is given, content for JSON; none where it is required or secret.
        required: Whether it has no default.
        secret: Whether it is a secret, or a part of it is.
        kind: How it is entered.
        choices: What can be chosen, of a choice.
    """

    name: str
    title: str
    help: str
    unit: str
    default: Any
    required: bool
    secret: bool
    kind: SettingKind
    choices: tuple[str, ...] = ()


def setting_fields(model: type[BaseModel]) -> Sequence[SettingField]:
    """The settings of a service type, in the order in which its model declares them."""
    schema = model.model_json_schema()
    properties, definitions = schema.get("properties", {}), schema.get("$defs", {})
    return [
        _field(name, field, properties.get(field.alias or name, {}), definitions)
        for name, field in model.model_fields.items()
    ]


def _field(
    name: str, field: FieldInfo, schema: Mapping[str, Any], definitions: Mapping[str, Any]
) -> SettingField:
    options = _options(schema, definitions)
    secret = _has_secret(schema, definitions, set())
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, Mapping) else {}
    default = None if field.is_required() or secret else _default(field)
    return SettingField(
        name=name,
        title=field.title or name.replace("_", " ").capitalize(),
        help=field.description or "",
        unit=str(extra.get("unit", "")),
        default=default,
        required=field.is_required(),
        secret=secret,
        kind=_kind(options),
        choices=tuple(str(choice) for option in options for choice in _choices(option)),
    )


def _default(field: FieldInfo) -> Any:
    return to_jsonable_python(field.get_default(call_default_factory=True, validated_data={}), fallback=str)


def _options(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """What a setting can be, references followed and nothing left out but null."""
    if "$ref" in schema:
        return _options(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    for word in ("anyOf", "oneOf", "allOf"):
        if word in schema:
            return [option for part in schema[word] for option in _options(part, definitions)]
    return [] if schema.get("type") == "null" else [schema]


def _kind(options: Sequence[Mapping[str, Any]]) -> SettingKind:
    kinds = {_kind_of(option) for option in options}
    if kinds == {SettingKind.INTEGER, SettingKind.NUMBER}:
        return SettingKind.NUMBER
    if kinds == {SettingKind.NUMBER, SettingKind.TEXT} and any("pattern" in option for option in options):
        return SettingKind.NUMBER  # a Decimal
    return kinds.pop() if len(kinds) == 1 else SettingKind.TEXT


def _kind_of(option: Mapping[str, Any]) -> SettingKind:
    if _choices(option):
        return SettingKind.CHOICE
    if option.get("format") == "password":
        return SettingKind.SECRET
    kinds = {
        "integer": SettingKind.INTEGER,
        "number": SettingKind.NUMBER,
        "boolean": SettingKind.BOOLEAN,
        "array": SettingKind.LIST,
        "object": SettingKind.OBJECT,
    }
    return kinds.get(str(option.get("type")), SettingKind.TEXT)


def _choices(option: Mapping[str, Any]) -> Sequence[Any]:
    return [option["const"]] if "const" in option else option.get("enum", [])


def _has_secret(schema: Any, definitions: Mapping[str, Any], seen: set[str]) -> bool:
    if isinstance(schema, Mapping):
        reference = schema.get("$ref")
        if isinstance(reference, str) and reference not in seen:
            seen.add(reference)
            return _has_secret(definitions[reference.rpartition("/")[2]], definitions, seen)
        if schema.get("format") == "password":
            return True
        return any(_has_secret(part, definitions, seen) for part in schema.values())
    return isinstance(schema, list) and any(_has_secret(part, definitions, seen) for part in schema)
