"""JSON whose numbers stay exactly what was written: Decimal in, the same digits out, never a float."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeAlias

import orjson

JsonObject: TypeAlias = dict[str, Any]


class MalformedJsonError(ValueError):
    """The bytes are not a JSON document; the text says where it breaks."""


def parse(body: bytes) -> Any:
    """Read a UTF-8 JSON document; numbers with a fraction or an exponent become Decimal.

    Raises:
        MalformedJsonError: The bytes are not UTF-8, not JSON, nested too deeply, or hold NaN or Infinity.
    """
    try:
        return json.loads(body.decode("utf-8"), parse_float=Decimal, parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise MalformedJsonError(f"The body is not UTF-8: {error.reason} at byte {error.start}.") from error
    except RecursionError as error:
        raise MalformedJsonError("The document is nested too deeply.") from error
    except ValueError as error:
        raise MalformedJsonError(f"The body is not JSON: {error}.") from error


def dump(document: Mapping[str, Any] | Sequence[Any]) -> bytes:
    """Write a document; Decimals become numbers with all their digits, trailing zeros included."""
    return orjson.dumps(document, default=_exact)


def _exact(value: object) -> orjson.Fragment:
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f"))
    raise TypeError(f"{type(value).__name__} has no place in a JSON document.")


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")
