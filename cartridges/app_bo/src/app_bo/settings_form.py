"""Settings of a service as a form: what was typed, what it means, and what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from app_bo.caller import Fields
from iomconnector.services.setting_fields import SettingField, SettingKind
from iomconnector.services.setting_problems import setting_problems

PREFIX = "setting-"
REMOVE = "remove-"
STRUCTURED = frozenset({SettingKind.LIST, SettingKind.OBJECT})
NUMERIC = frozenset({SettingKind.INTEGER, SettingKind.NUMBER})

EXACT = 2**53
"""Whole numbers below it are exact as a float."""

Texts = Mapping[str, str]
"""What stands in the form, by the name of the setting; ``yes`` or ``no`` for a box."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a form.

    Arguments:
        field: The id of the input; empty where it concerns no single one.
        label: Its label.
        message: What is wrong.
    """

    field: str
    label: str
    message: str


@dataclass(frozen=True, slots=True)
class Input:
    """One setting as an input of the form; a secret never has a value here.

    Arguments:
        field: The setting.
        id: The id and the name of the input.
        value: What stands in it.
        stored: Whether a secret is stored already, which stays where nothing is typed.
        kept: Whether a secret was typed on an earlier page, which is kept where nothing is typed.
        problem: What is wrong with it.
    """

    field: SettingField
    id: str
    value: str
    stored: bool
    kept: bool
    problem: str

    @property
    def is_text_area(self) -> bool:
        """Whether it takes several lines."""
        return self.field.kind in STRUCTURED

    @property
    def is_optional(self) -> bool:
        """Whether it may stay empty, or is empty unless something is typed."""
        return self.stored or self.kept or not (self.field.required or self.field.default)


class SettingsForm:
    """The form for the settings of a service type.

    Arguments:
        fields: The settings of the type.
        stored: The settings that are stored, masked; empty for a new configuration.
    """

    def __init__(self, fields: Sequence[SettingField], stored: Mapping[str, Any] | None = None) -> None:
        self._fields = fields
        self._stored = stored or {}

    def stored_texts(self) -> dict[str, str]:
        """What the form shows before anything is typed."""
        return {
            field.name: "" if field.secret else text_for(field, self._stored.get(field.name, field.default))
            for field in self._fields
        }

    def sent_texts(self, form: Fields, kept: Texts | None = None) -> dict[str, str]:
        """What was typed.

        Arguments:
            form: What was sent.
            kept: What was typed on an earlier page; its secrets hold where nothing else was typed.
        """
        texts: dict[str, str] = {}
        for field in self._fields:
            name = f"{PREFIX}{field.name}"
            if field.kind is SettingKind.BOOLEAN:
                texts[field.name] = "yes" if form.chosen(name) else "no"
            else:
                texts[field.name] = form.verbatim(name) if field.secret else form.text(name)
            if form.chosen(f"{REMOVE}{name}"):
                texts[f"{REMOVE}{field.name}"] = "yes"
            elif field.secret and not texts[field.name]:
                texts[field.name] = (kept or {}).get(field.name, "")
        return texts

    def secret_texts(self, texts: Texts) -> dict[str, str]:
        """The secrets that were typed."""
        return {
            field.name: texts[field.name] for field in self._fields if field.secret and texts.get(field.name)
        }

    def inputs(self, texts: Texts, problems: Sequence[Problem] = ()) -> list[Input]:
        """The inputs with what was typed; of secrets nothing is shown again."""
        wrong = {problem.field: problem.message for problem in problems}
        return [
            Input(
                field=field,
                id=f"{PREFIX}{field.name}",
                value="" if field.secret else texts.get(field.name, ""),
                stored=field.secret and bool(self._stored.get(field.name)),
                kept=field.secret and bool(texts.get(field.name)),
                problem=wrong.get(f"{PREFIX}{field.name}", ""),
            )
            for field in self._fields
        ]

    def values(self, texts: Texts, *, all_of_them: bool = False) -> tuple[dict[str, Any], list[Problem]]:
        """What was typed as settings; secrets that were not typed are left out.

        Arguments:
            texts: What was typed.
            all_of_them: Also those that are so without being given: stored, or a default.

        Returns:
            The settings, and what cannot be understood.
        """
        values: dict[str, Any] = {}
        problems: list[Problem] = []
        for field in self._fields:
            text = texts.get(field.name, "")
            if field.secret and not text:
                if texts.get(f"{REMOVE}{field.name}") == "yes":
                    values[field.name] = _nothing(field)
                continue
            if not text and self._must_be_typed(field):
                problems.append(Problem(f"{PREFIX}{field.name}", field.title, "Enter a value."))
                continue
            try:
                value = value_of(field, text)
            except ValueError as error:
                problems.append(Problem(f"{PREFIX}{field.name}", field.title, str(error)))
                continue
            if all_of_them or field.secret or not self._is_so_already(field, value):
                values[field.name] = value
        return values, problems

    def problems(self, named: Mapping[str, str]) -> list[Problem]:
        """What the service type has against the settings, each at its input."""
        titles = {field.name: field.title for field in self._fields}
        found = []
        for name, message in named.items():
            first, _, rest = name.partition(".")
            known = first in titles
            inside = f" (at {rest})" if rest else ""
            found.append(
                Problem(
                    f"{PREFIX}{first}" if known else "",
                    titles.get(first, ""),
                    _sentence(f"{message}{inside}" if known or not name else f"{name} {message}"),
                )
            )
        return found

    def check(self, model: type[BaseModel], values: Mapping[str, Any]) -> list[Problem]:
        """What a service type has against settings that are not saved yet."""
        try:
            model.model_validate(dict(values))
        except ValidationError as error:
            return self.problems(setting_problems(error, model))
        return []

    def _must_be_typed(self, field: SettingField) -> bool:
        return field.required and field.kind not in STRUCTURED and self._stored.get(field.name) != ""

    def _is_so_already(self, field: SettingField, value: Any) -> bool:
        if field.name in self._stored:
            return bool(self._stored[field.name] == value)
        return not field.required and bool(value == field.default)


def text_for(field: SettingField, value: Any) -> str:
    """A value as it stands in the form."""
    if field.kind is SettingKind.BOOLEAN:
        return "yes" if value else "no"
    if value is None:
        return ""
    if field.kind in STRUCTURED:
        return _structured_text(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT:
        return str(int(value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def value_of(field: SettingField, text: str) -> Any:
    """The value that a text of the form means; the service type judges it later.

    Raises:
        ValueError: It is no JSON where JSON is asked for.
    """
    if field.kind is SettingKind.BOOLEAN:
        return text == "yes"
    if not text and not field.required and (field.kind is not SettingKind.TEXT or field.default is None):
        return field.default
    if field.kind is SettingKind.LIST and not text.startswith("["):
        return [line.strip() for line in text.splitlines() if line.strip()]
    if field.kind in STRUCTURED:
        return _json(text)
    if field.kind in NUMERIC:
        return _number(text)
    return text


def _structured_text(value: Any) -> str:
    """A list of texts as lines, anything else as JSON; nothing where it is empty."""
    if not value:
        return ""
    if isinstance(value, list) and all(isinstance(each, str) and _is_line(each) for each in value):
        return "\n".join(value)
    return json.dumps(value, ensure_ascii=False, indent=2)


def _is_line(text: str) -> bool:
    return bool(text.strip()) and text == text.strip() and text.splitlines() == [text] and text[0] != "["


def _number(text: str) -> Any:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _json(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        place = (
            f" (line {error.lineno}, column {error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        )
        raise ValueError(f'Must be JSON, such as ["value"] or {{"key": "value"}}{place}.') from None


def _no_number(name: str) -> Any:
    raise ValueError(f"JSON has no {name}.")


def _nothing(field: SettingField) -> Any:
    return {SettingKind.LIST: [], SettingKind.OBJECT: {}}.get(field.kind, "")


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."
