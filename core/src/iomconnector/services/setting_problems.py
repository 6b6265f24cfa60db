"""What pydantic has against settings, in words for the person who typed them."""

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from iomconnector.services.setting_fields import setting_fields

_RULES: Final[dict[str, str]] = {
    "missing": "is missing",
    "greater_than": "must be greater than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "multiple_of": "must be a multiple of {multiple_of}",
    "finite_number": "must be a finite number",
    "string_type": "must be text",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "string_pattern_mismatch": "must match the pattern {pattern}",
    "too_short": "must have at least {min_length} {parts}",
    "too_long": "must have at most {max_length} {parts}",
    "enum": "must be one of {expected}",
    "literal_error": "must be one of {expected}",
    "bool_type": "must be yes or no",
    "bool_parsing": "must be yes or no",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_parsing_size": "is too large a number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "decimal_type": "must be a number",
    "decimal_parsing": "must be a number",
    "dict_type": 'must be an object, such as {{"key": "value"}}',
    "model_type": "must be an object of settings",
    "list_type": 'must be a list, such as ["value"]',
    "tuple_type": 'must be a list, such as ["value"]',
    "path_type": "must be a path",
    "url_parsing": "must be a URL",
    "url_scheme": "must be a URL that begins with {expected_schemes}",
}


def setting_problems(error: ValidationError, model: type[BaseModel]) -> dict[str, str]:
    """The name of each wrong setting, with what is wrong; no value is shown.

    Arguments:
        error: What pydantic found.
        model: The settings of the service type.
    """
    problems: dict[str, str] = {}
    secret = {field.name for field in setting_fields(model) if field.secret}
    for each in error.errors(include_url=False):
        name = ".".join(map(str, each["loc"]))
        problem = _problem(each, name, model)
        if each["type"] not in _RULES and any(text in problem for text in _secrets_in(each, secret)):
            problem = "does not fit" if name else "the settings do not fit together"
        problems[name] = f"{problems[name]}, and {problem}" if name in problems else problem
    return problems


def told(problems: Mapping[str, str], model: type[BaseModel]) -> str:
    """The problems as parts of one sentence, each setting with its title."""
    return "; ".join(f"{_titled(name, model)}{problem}" for name, problem in problems.items())


def _secrets_in(details: ErrorDetails, secret: Collection[str]) -> Iterator[str]:
    """The secrets that a sentence of the model may repeat."""
    location, given = details["loc"], details.get("input")
    if location:
        return _texts(given) if location[0] in secret else iter(())
    values = given if isinstance(given, Mapping) else {}
    return (text for name in secret for text in _texts(values.get(name)))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from [value] if value else []
    elif isinstance(value, Mapping):
        yield from (text for part in value.values() for text in _texts(part))
    elif isinstance(value, list | tuple):
        yield from (text for part in value for text in _texts(part))


def _problem(details: ErrorDetails, name: str, model: type[BaseModel]) -> str:
    kind, context = details["type"], details.get("ctx", {})
    if kind == "extra_forbidden":
        meant = get_close_matches(name, model.model_fields, 1)
        return f"is no setting of this service type{f', {meant[0]} is' if meant else ''}"
    if kind in ("value_error", "assertion_error"):
        words = str(context.get("error", "")).rstrip(".") or "the settings do not fit together"
        return f"does not fit: {words}" if name else words
    if context.get("min_length") == 1 and details.get("input") in ("", None):
        return "must not be empty"
    if kind in _RULES:
        return _RULES[kind].format_map(_shown(context))
    return details["msg"].replace("Input should be", "must be", 1).replace("Input should", "must", 1)


def _shown(context: Mapping[str, Any]) -> Mapping[str, Any]:
    shown = {name: f"{value:g}" if isinstance(value, float) else value for name, value in context.items()}
    shown["parts"] = "characters" if context.get("field_type") == "Value" else "entries"  # a SecretStr
    return shown


def _titled(name: str, model: type[BaseModel]) -> str:
    if not name:
        return ""
    first, dot, rest = name.partition(".")
    field = model.model_fields.get(first)
    title = field.title if field is not None else None
    return f"{title} ({name}) " if title else f"{first}{dot}{rest} "
