"""Orders as JSON documents: read exactly, written canonically, compared by digest."""

import hashlib
import json
from decimal import Decimal
from typing import Any, NoReturn

from pydantic import ValidationError

from iomconnector.errors import ConnectorError
from iomconnector.model.orders import Order


class OrderDocumentError(ConnectorError):
    """An order document is no JSON, or no order; the text names every field that is wrong."""

    code = "order.document.invalid"
    exit_code = 2


def _no_such_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        names = [name for name, _ in pairs]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise ValueError(f"the key {twice[0]!r} stands twice in one object")
    return result


def parse_json(text: str | bytes) -> Any:
    """Parse JSON with exact numbers.

    Raises:
        OrderDocumentError: It is no JSON, has a key twice, or NaN or an infinity.
    """
    try:
        return json.loads(
            text, parse_float=Decimal, parse_constant=_no_such_number, object_pairs_hook=_no_repeats
        )
    except (ValueError, RecursionError) as error:
        raise OrderDocumentError(f"This is no JSON document: {error}.") from error


def parse_order(text: str | bytes) -> Order:
    """Read an order document.

    Raises:
        OrderDocumentError: It is no JSON or no valid order.
    """
    return order_from(parse_json(text))


def order_from(content: Any) -> Order:
    """Make an order of parsed JSON.

    Raises:
        OrderDocumentError: It is no valid order; every wrong field is named with its path.
    """
    try:
        return Order.model_validate(content)
    except ValidationError as error:
        number = content.get("number") if isinstance(content, dict) else None
        raise OrderDocumentError(
            "; ".join(
                _sentence(_fields(item["loc"], content), item["msg"])
                for item in error.errors(include_url=False)
            )
            + ".",
            hint="Correct the fields named.",
            order=number,
        ) from error


def _fields(location: tuple[int | str, ...], content: Any) -> tuple[int | str, ...]:
    """The way to a field as the document has it: without the variant of an address or a customer, which
    pydantic puts between and which leads nowhere in the document."""
    fields, here = [], content
    for part in location[:-1]:
        below = _below(here, part)
        if isinstance(below, (dict, list)):
            fields.append(part)
            here = below
    return (*fields, *location[-1:])


def _below(here: Any, part: int | str) -> Any:
    if isinstance(here, dict):
        return here.get(part)
    return here[part] if isinstance(here, list) and isinstance(part, int) else None


def _sentence(location: tuple[int | str, ...], message: str) -> str:
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
    message = message.removeprefix("Value error, ")
    return f"{path}: {message}" if path else message


def dump_order(order: Order) -> str:
    """Write an order as canonical JSON: fields in a fixed order, amounts as plain decimals."""
    return json.dumps(
        order.model_dump(mode="json", exclude_defaults=True), sort_keys=True, ensure_ascii=False
    )


def digest_of(order: Order) -> str:
    """A fingerprint of the order's content; equal content, and only that, has an equal digest."""
    return hashlib.sha256(dump_order(order).encode()).hexdigest()
