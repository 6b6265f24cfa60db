"""Judging the path and query parameters of a request."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ac_iomconnector_order_test.exchange import Pairs
from ac_iomconnector_order_test.operations import Match, Operation, Parameter
from ac_iomconnector_order_test.rules import Rule
from ac_iomconnector_order_test.schemas import SchemaJudge
from ac_iomconnector_order_test.violation import ABSENT, Side, Violation

_INTEGER = re.compile(r"-?\d+", re.ASCII)
_CURSOR_PARAMETERS = ("modifiedSince", "minCursor")


def judge_parameters(match: Match, query: Pairs, judge: SchemaJudge) -> Iterator[Violation]:
    """Every parameter by its schema; names that the operation does not declare; documented combinations.

    The Order API requires path parameters only, without which the path would be another.
    """
    declared = [parameter for parameter in match.operation.parameters if parameter.place == "query"]
    for parameter in match.operation.parameters:
        if parameter.place == "path":
            yield from _judge_texts(parameter, [match.path_values[parameter.name]], judge)
    for parameter in declared:
        yield from _judge_texts(parameter, [value for name, value in query if name == parameter.name], judge)
    known = {parameter.name for parameter in declared}
    for name, value in query:
        if name not in known:
            yield _violation(
                f"query.{name}",
                value,
                "openapi:parameters",
                "is no parameter of this operation in this version",
            )
    yield from _judge_cursor(match.operation, query)


def _judge_texts(parameter: Parameter, texts: list[str], judge: SchemaJudge) -> Iterator[Violation]:
    place = f"{parameter.place}.{parameter.name}"
    if not texts:
        return
    schema = parameter.schema
    if schema["type"] == "array":
        value: Any = [_typed(text, schema["items"]) for text in texts]
    elif len(texts) > 1:
        yield _violation(place, texts, "openapi:parameters", "stands more than once and is no list")
        return
    else:
        value = _typed(texts[0], schema)
    for found in judge.judge(schema, value, Side.REQUEST):
        yield _violation(place + found.location.removeprefix("$"), found.value, found.rule, found.message)


def _typed(text: str, schema: Mapping[str, Any]) -> str | int:
    """The text as the type that the schema wants, or as it is, for the schema to refuse."""
    if schema["type"] == "integer" and _INTEGER.fullmatch(text) and len(text) < 100:
        return int(text)
    return text


def _judge_cursor(operation: Operation, query: Pairs) -> Iterator[Violation]:
    if operation.operation_id != "getModifiedOrderStates":
        return
    given = sorted({name for name, _ in query if name in _CURSOR_PARAMETERS})
    if len(given) != 1:
        yield _violation(
            "query",
            ", ".join(given) or ABSENT,
            Rule.ONE_MODIFICATION_FILTER,
            Rule.ONE_MODIFICATION_FILTER.text,
        )


def _violation(location: str, value: object, rule: str, message: str) -> Violation:
    return Violation(location, value, rule, message, Side.REQUEST)
