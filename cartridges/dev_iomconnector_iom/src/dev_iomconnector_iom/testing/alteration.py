"""Documents with something changed, for tests of what is refused."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any, Final

from dev_iomconnector_iom.exact_json import JsonObject

GONE: Final = object()
"""As a new value it means that the field is taken out."""

_STEP = re.compile(r"[^.\[\]]+")


def altered(document: JsonObject, changes: Mapping[str, Any]) -> JsonObject:
    """A deep copy with other values.

    Arguments:
        document: Stays as it is.
        changes: New values by path, as ``shippingBuckets[0].positions[1].quantity``; :data:`GONE` removes.
            A field that is not there is added, but not the objects above it.
    """
    result = copy.deepcopy(document)
    for path, value in changes.items():
        *above, last = _STEP.findall(path)
        holder: Any = result
        for step in above:
            holder = holder[int(step) if isinstance(holder, list) else step]
        key = int(last) if isinstance(holder, list) else last
        if value is GONE:
            del holder[key]
        else:
            holder[key] = copy.deepcopy(value)
    return result
