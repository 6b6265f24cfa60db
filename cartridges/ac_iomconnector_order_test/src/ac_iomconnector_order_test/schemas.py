"""Judging a JSON value against a schema of an official document."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from jsonschema.exceptions import ValidationError
from jsonschema.validators import create
from openapi_schema_validator import OAS30Validator

from ac_iomconnector_order_test.formats import format_checker
from ac_iomconnector_order_test.violation import ABSENT, Side, Violation, json_path

Schema = Mapping[str, Any]

_CONCRETE: Final = "x-concrete-type"
_COMPONENT: Final = "#/components/schemas/"


def _required(_: Any, names: Sequence[str], instance: Any, __: Schema) -> Iterator[ValidationError]:
    """``required`` that names the missing member and not its owner."""
    if isinstance(instance, Mapping):
        for name in names:
            if name not in instance:
                yield ValidationError("is required", path=[name], instance=ABSENT)


def _concrete_type(
    validator: Any, choice: Mapping[str, Any], instance: Any, _: Schema
) -> Iterator[ValidationError]:
    """The discriminator of a base type without ``oneOf``: the value names the schema that judges.

    The official documents leave it at the base type, and a generic validator with them. [iom-api 1.1, trap a]
    """
    name = choice["propertyName"]
    kind = instance.get(name) if isinstance(instance, Mapping) else None
    concrete = choice["subtypes"].get(kind) if isinstance(kind, str) else None
    yield from validator.descend(instance, concrete if concrete is not None else choice["base"])
    if isinstance(kind, str) and concrete is None:
        yield ValidationError(
            f"must be one of {', '.join(sorted(choice['subtypes']))}",
            path=[name],
            instance=kind,
            validator="discriminator",
        )


_Validator: Final = create(
    meta_schema=OAS30Validator.META_SCHEMA,
    validators={**OAS30Validator.VALIDATORS, "required": _required, _CONCRETE: _concrete_type},
    type_checker=OAS30Validator.TYPE_CHECKER,
)


class SchemaJudge:
    """Judges values by the schemas of one document, references resolved."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._components: Mapping[str, Schema] = document["components"]["schemas"]
        self._resolved: dict[str, dict[str, Any]] = {}
        self._formats = format_checker()

    def schema(self, name: str) -> Schema:
        """The component schema of that name, references resolved."""
        return self._reference(name, concrete=True)

    def resolve(self, schema: Schema) -> Schema:
        """The schema with its references resolved; objects that recur are shared, not copied."""
        resolved: Schema = self._resolve(schema, concrete=True)
        return resolved

    def judge(self, schema: Schema, value: Any, side: Side) -> tuple[Violation, ...]:
        """Every way in which the value breaks the (resolved) schema, each location and keyword once."""
        validator = _Validator(schema, format_checker=self._formats)
        return tuple(unique_violations(_violation_of(error, side) for error in validator.iter_errors(value)))

    def _resolve(self, node: Any, *, concrete: bool) -> Any:
        if isinstance(node, list):
            return [self._resolve(item, concrete=concrete) for item in node]
        if not isinstance(node, Mapping):
            return node
        reference = node.get("$ref")
        if isinstance(reference, str):
            return self._reference(reference.removeprefix(_COMPONENT), concrete=concrete)
        return {key: self._resolve(member, concrete=key != "allOf") for key, member in node.items()}

    def _reference(self, name: str, *, concrete: bool) -> dict[str, Any]:
        subtypes = self._subtypes(name) if concrete else ()
        key = f"{name} or subtype" if subtypes else name
        if key not in self._resolved:
            self._resolved[key] = {}
            self._resolved[key].update(self._choice(name, subtypes) if subtypes else self._component(name))
        return self._resolved[key]

    def _component(self, name: str) -> dict[str, Any]:
        component: dict[str, Any] = self._resolve(self._components[name], concrete=True)
        return component

    def _choice(self, name: str, subtypes: Iterable[str]) -> dict[str, Any]:
        return {
            _CONCRETE: {
                "propertyName": self._components[name]["discriminator"]["propertyName"],
                "base": self._reference(name, concrete=False),
                "subtypes": {subtype: self._reference(subtype, concrete=False) for subtype in subtypes},
            }
        }

    def _subtypes(self, name: str) -> tuple[str, ...]:
        if "discriminator" not in self._components[name]:
            return ()
        reference = {"$ref": _COMPONENT + name}
        return tuple(
            other for other, schema in self._components.items() if reference in schema.get("allOf", ())
        )


def unique_violations(violations: Iterable[Violation]) -> Iterator[Violation]:
    """The first violation of each location and rule."""
    seen: set[tuple[str, str]] = set()
    for violation in violations:
        if (violation.location, violation.rule) not in seen:
            seen.add((violation.location, violation.rule))
            yield violation


def _violation_of(error: ValidationError, side: Side) -> Violation:
    return Violation(
        location=json_path(error.absolute_path),
        value=error.instance,
        rule=f"openapi:{error.validator}",
        message=_message_of(error),
        side=side,
    )


def _message_of(error: ValidationError) -> str:
    """The validator's words without its copy of the value, which can be a whole order."""
    if error.validator in {"required", "discriminator"}:
        return error.message
    if error.validator != "oneOf":
        return f"breaks {error.validator} {error.validator_value!r}"
    if not error.context:
        return "matches more than one alternative"
    reasons = (f"{json_path(cause.absolute_path)} {_message_of(cause)}" for cause in error.context)
    return f"matches no alternative: {'; '.join(reasons)}"
