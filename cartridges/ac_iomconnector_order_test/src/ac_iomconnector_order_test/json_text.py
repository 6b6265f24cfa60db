"""JSON in and out without loss: money stays Decimal in both directions.

The referee has a codec of its own, so that an error in the connector's cannot hide itself.
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NoReturn

from iomconnector.errors import ConnectorError


class JsonTextError(ConnectorError):
    """Bytes that are not one JSON value in UTF-8, or a value that JSON cannot carry."""

    code = "iom.order_test.json"


def decode_json(content: bytes) -> Any:
    """Read one JSON value; fractions become Decimal, whole numbers int.

    Raises:
        JsonTextError: Not UTF-8, not JSON, ``NaN`` or ``Infinity``, a name twice in one object, or nested
            deeper than the interpreter can follow.
    """
    try:
        return json.loads(
            content.decode("utf-8"),
            parse_float=Decimal,
            parse_constant=_refuse_constant,
            object_pairs_hook=_object_of_unique_names,
        )
    except RecursionError:
        raise JsonTextError("The JSON text is nested too deeply.") from None
    except ValueError as failure:
        raise JsonTextError(f"Not a JSON text in UTF-8: {failure}.") from failure


def encode_json(value: Any) -> bytes:
    """Write a JSON value; a Decimal keeps its digits (``100.00`` stays ``100.00``).

    Raises:
        JsonTextError: A float (money is Decimal), a Decimal that is not finite, a name that is not a string,
            or any other type that JSON does not have.
    """
    return _text(value).encode("utf-8")


def _text(value: Any) -> str:
    match value:
        case None | bool() | int():
            return json.dumps(value)
        case str():
            return json.dumps(value, ensure_ascii=False)
        case Decimal() if value.is_finite():
            return str(value)
        case Mapping():
            return "{" + ",".join(f"{_name(name)}:{_text(member)}" for name, member in value.items()) + "}"
        case list() | tuple():
            return "[" + ",".join(_text(item) for item in value) + "]"
    raise JsonTextError(
        f"JSON cannot carry {value!r} of type {type(value).__name__}.", hint="Use Decimal for fractions."
    )


def _name(name: Any) -> str:
    if not isinstance(name, str):
        raise JsonTextError(f"The name {name!r} of a JSON member is not a string.")
    return json.dumps(name, ensure_ascii=False)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _object_of_unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(
            f"the name {next(n for n in names if names.count(n) > 1)!r} stands twice in one object"
        )
    return members
