"""The operations of an official document, and which of them a request means."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from ac_iomconnector_order_test.schemas import Schema, SchemaJudge

Media = Mapping[str, Schema]
"""Schemas by media type."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A path or query parameter."""

    name: str
    place: str
    schema: Schema


@dataclass(frozen=True, slots=True)
class Answer:
    """A declared response: its bodies by media type (none where no body is declared) and its headers."""

    media: Media
    headers: Mapping[str, Schema]


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path."""

    operation_id: str
    method: str
    template: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    request_media: Media
    request_required: bool
    answers: Mapping[str, Answer]

    def path_values(self, segments: tuple[str, ...]) -> dict[str, str] | None:
        """The decoded path parameters, or None where the segments are not of this path."""
        if len(segments) != len(self.template):
            return None
        values = {}
        for expected, given in zip(self.template, segments, strict=True):
            if expected.startswith("{"):
                if not given:
                    return None
                values[expected[1:-1]] = unquote(given)
            elif expected != given:
                return None
        return values


@dataclass(frozen=True, slots=True)
class Match:
    """What a request means."""

    operation: Operation
    path_values: Mapping[str, str]


class Operations:
    """All operations of one document."""

    def __init__(self, document: Mapping[str, Any], judge: SchemaJudge) -> None:
        self.base_path: str = "/" + document["servers"][0]["url"].partition("://")[2].partition("/")[2]
        """The path before every operation's: ``/rest/order-service``."""
        self._operations = tuple(_operations(document, judge))

    def find(self, method: str, path: str) -> Match | None:
        """The operation that a method and a percent-encoded path mean."""
        return next((match for match in self._matches(path) if match.operation.method == method), None)

    def methods(self, path: str) -> tuple[str, ...]:
        """The methods that a path has; empty where the document has no such path."""
        return tuple(match.operation.method for match in self._matches(path))

    def _matches(self, path: str) -> Iterator[Match]:
        if not path.startswith(self.base_path + "/"):
            return
        segments = tuple(path[len(self.base_path) + 1 :].split("/"))
        for operation in self._operations:
            values = operation.path_values(segments)
            if values is not None:
                yield Match(operation, values)


def _operations(document: Mapping[str, Any], judge: SchemaJudge) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            body = operation.get("requestBody", {})
            yield Operation(
                operation_id=operation["operationId"],
                method=method.upper(),
                template=tuple(path.lstrip("/").split("/")),
                parameters=tuple(
                    Parameter(p["name"], p["in"], judge.resolve(p["schema"]))
                    for p in operation.get("parameters", ())
                ),
                request_media=_media(body, judge),
                request_required=body.get("required", False),
                answers={
                    status: Answer(
                        _media(answer, judge),
                        {name: judge.resolve(h["schema"]) for name, h in answer.get("headers", {}).items()},
                    )
                    for status, answer in operation["responses"].items()
                },
            )


def _media(holder: Mapping[str, Any], judge: SchemaJudge) -> Media:
    return {
        name.lower(): judge.resolve(content["schema"]) for name, content in holder.get("content", {}).items()
    }
