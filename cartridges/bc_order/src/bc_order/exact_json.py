"""JSON text with exact numbers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any


def exact_json(node: Any, indent: str = "") -> str:
    """Write a document as indented JSON; a decimal is written as the number that it is, digit for digit."""
    inner = f"{indent}  "
    if isinstance(node, Mapping) and node:
        members = (
            f"{json.dumps(str(key), ensure_ascii=False)}: {exact_json(node[key], inner)}" for key in node
        )
        return _block("{", members, "}", indent)
    if isinstance(node, Sequence) and not isinstance(node, str) and node:
        return _block("[", (exact_json(element, inner) for element in node), "]", indent)
    if isinstance(node, Decimal):
        return format(node, "f")
    return json.dumps(node, ensure_ascii=False, default=str)


def _block(opening: str, parts: Iterable[str], closing: str, indent: str) -> str:
    inner = f"\n{indent}  "
    return f"{opening}{inner}{f',{inner}'.join(parts)}\n{indent}{closing}"
