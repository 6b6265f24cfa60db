"""How often Python looks for garbage while a process works off orders."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

RARELY: Final = (10_000, 20, 20)
"""So many new objects until the young are looked through, so many such looks until the next older ones are.

Python's own figures are 700, 10 and 10: an order and its documents are some thousand objects, so that it
looks several times in the midst of each.
"""


@contextmanager
def rare_collections() -> Iterator[None]:
    """Look for garbage rarely, and never among what was there before.

    Orders and their documents are trees, which Python frees at once when nobody needs them any more; only
    cycles wait for a look. The modules, tables and routes of the process stay to its end and are some hundred
    thousand objects: to walk through them again and again took a quarter of the CPU time of an export (3.7
    instead of 2.7 ms on PostgreSQL, 3.1 instead of 2.3 ms on SQLite, `benchmarks/order_export.py`).
    """
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*RARELY)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
