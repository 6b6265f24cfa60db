"""JSON for people: indented, with exact numbers."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any


def pretty(content: Any) -> str:
    """Content as indented JSON; a text that is JSON is indented, any other text stays as it is."""
    if isinstance(content, str | bytes):
        try:
            content = json.loads(content, parse_float=str)
        except ValueError:
            return content if isinstance(content, str) else content.decode("utf-8", "replace")
    return json.dumps(content, indent=2, ensure_ascii=False, default=_exact)


def _exact(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)
