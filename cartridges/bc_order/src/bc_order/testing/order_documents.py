"""Order documents as a shop writes them, to place in tests; wrong ones too."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from iomconnector.model.order_documents import dump_order
from iomconnector.testing.samples import sample_order

_SAMPLE = dump_order(sample_order())


def order_document(number: str, **changes: Any) -> dict[str, Any]:
    """The document of a sample order.

    Arguments:
        number: Its number.
        changes: Fields to replace or add, whether they make a valid order or not.
    """
    return {**json.loads(_SAMPLE), "number": number, **changes}


def json_lines(documents: Iterable[dict[str, Any]]) -> str:
    """The documents as JSON Lines."""
    return "".join(f"{json.dumps(document)}\n" for document in documents)
