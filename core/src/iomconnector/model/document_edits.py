"""Changing single fields of a JSON document, and telling which fields of two documents differ."""

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from iomconnector.errors import ConnectorError

ABSENT = object()
"""Stands for a field that there is not."""

_PART = re.compile(r"(?:^|\.)([^.\[\]]+)|\[(\d{1,6})\]")


class FieldPathError(ConnectorError):
    """There is no such field in the document."""

    code = "document.path.invalid"
    exit_code = 2


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """One field in which two documents differ.

    Arguments:
        path: Where it stands, for example ``shipping_buckets[0].address.city``.
        before: What stood there; :data:`ABSENT` where there was nothing.
        after: What stands there now; :data:`ABSENT` where there is nothing.
    """

    path: str
    before: Any
    after: Any


def path_parts(path: str) -> list[str | int]:
    """The names and indexes of a path such as ``shipping_buckets[0].address.city``.

    Raises:
        FieldPathError: It is no path.
    """
    parts: list[str | int] = []
    end = 0
    for match in _PART.finditer(path):
        if match.start() != end:
            break
        parts.append(match[1] if match[1] is not None else int(match[2]))
        end = match.end()
    if not parts or end != len(path) or path.startswith("."):
        raise FieldPathError(
            f"{path!r} is no path of a field.", hint="Write it like shipping_buckets[0].address.city."
        )
    return parts


def with_field(document: Any, path: str, value: Any) -> Any:
    """The document with another value in a field; :data:`ABSENT` takes the field out.

    A field of an object may be new; an element of a list may be new where it is the next one.

    Raises:
        FieldPathError: The way to the field does not exist.
    """
    changed = deepcopy(document)
    *way, last = path_parts(path)
    node: Any = changed
    for part in way:
        node = _step(node, part, path)
    if isinstance(node, dict) and isinstance(last, str):
        if value is not ABSENT:
            node[last] = value
        elif node.pop(last, ABSENT) is ABSENT:
            raise _no_such(path, last)
    elif isinstance(node, list) and isinstance(last, int) and last <= len(node):
        if value is ABSENT or last < len(node):
            _step(node, last, path)
            node[last : last + 1] = [] if value is ABSENT else [value]
        else:
            node.append(value)
    else:
        raise _no_such(path, last)
    return changed


def differences(before: Any, after: Any, path: str = "") -> Iterator[FieldDifference]:
    """The fields in which two documents differ, in the order of the documents."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in [*before, *(name for name in after if name not in before)]:
            inner = f"{path}.{name}" if path else name
            yield from differences(before.get(name, ABSENT), after.get(name, ABSENT), inner)
    elif _is_list(before) and _is_list(after):
        for index in range(max(len(before), len(after))):
            one, other = (each[index] if index < len(each) else ABSENT for each in (before, after))
            yield from differences(one, other, f"{path}[{index}]")
    elif before is ABSENT or after is ABSENT or before != after or type(before) is not type(after):
        yield FieldDifference(path, before, after)


def _is_list(node: Any) -> bool:
    return isinstance(node, Sequence) and not isinstance(node, str)


def _step(node: Any, part: str | int, path: str) -> Any:
    found = isinstance(node, dict) if isinstance(part, str) else isinstance(node, list)
    try:
        if found:
            return node[part]
    except (KeyError, IndexError):
        pass
    raise _no_such(path, part)


def _no_such(path: str, part: str | int) -> FieldPathError:
    shown = f"[{part}]" if isinstance(part, int) else part
    return FieldPathError(
        f"The document has no field {path!r}: there is no {shown}.",
        hint="`iomconnector order show NUMBER --document` prints the fields that there are.",
    )
