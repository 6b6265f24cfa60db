"""Settings on the command line: ``NAME=VALUE``, ``NAME=@FILE``, ``NAME=-``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from pydantic import BaseModel


def setting_values(arguments: Iterable[str]) -> dict[str, str]:
    """The values of settings, read from a file or from standard input where the argument says so.

    Line ends at the end of a file or of standard input do not belong to the value.

    Raises:
        typer.BadParameter: An argument is wrong or its file cannot be read; no value is shown.
    """
    values: dict[str, str] = {}
    from_input = ""
    for position, argument in enumerate(arguments, 1):
        name, equals, text = argument.partition("=")
        if not equals or not name:
            raise typer.BadParameter(f"Setting {position} is not NAME=VALUE, NAME=@FILE or NAME=-.")
        if name in values:
            raise typer.BadParameter(f"{name} is given twice.")
        if text == "-":
            if from_input:
                raise typer.BadParameter(f"{from_input} and {name} cannot both come from standard input.")
            from_input = name
            text = _decoded(sys.stdin.buffer.read(), "Standard input")
        elif text.startswith("@"):
            text = _read(Path(text.removeprefix("@")))
        values[name] = text
    return values


def typed_values(values: Mapping[str, str], configuration: type[BaseModel]) -> dict[str, Any]:
    """The values as a service type wants them: a setting that is a list or a table is read as JSON.

    Arguments:
        values: The values as they were written.
        configuration: The settings of the service type.

    Raises:
        typer.BadParameter: A list or table is no JSON; the value is not shown.
    """
    schema = configuration.model_json_schema()
    properties, definitions = schema.get("properties", {}), schema.get("$defs", {})
    return {
        name: _parsed(name, text) if _is_structured(properties.get(name, {}), definitions) else text
        for name, text in values.items()
    }


def _is_structured(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> bool:
    if "$ref" in schema:
        return _is_structured(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    if "anyOf" in schema:
        return all(
            option.get("type") == "null" or _is_structured(option, definitions) for option in schema["anyOf"]
        )
    return schema.get("type") in ("object", "array")


def _parsed(name: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise typer.BadParameter(
            f'{name} takes JSON, such as \'{{"key": "value"}}\' or \'["value"]\', and this is none.'
        ) from error


def _read(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"{path} cannot be read: {error.strerror}.") from error
    return _decoded(content, str(path))


def _decoded(content: bytes, source: str) -> str:
    try:
        return content.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        raise typer.BadParameter(f"{source} is not UTF-8 text.") from None
