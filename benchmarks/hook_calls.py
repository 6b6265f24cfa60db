"""What a hook call and an extension cost, beside plain calls of the same functions.

Run: ``make bench``, or ``.venv/bin/python benchmarks/hook_calls.py``.
"""

import tempfile
import timeit
from collections.abc import Callable
from pathlib import Path

from iomconnector.cartridges.extensions import BoundExtension, Extension
from iomconnector.cartridges.loading import load_cartridges
from iomconnector.testing.cartridges import CartridgeSite

BODY = "\n@hookimpl\ndef iomconnector_commands():\n    return [1]\n"
CARTRIDGES = 20


def change(order: dict[str, int], document: dict[str, int]) -> None:
    """What an extension does at least: change one field."""
    document["field"] = order["field"]


def _nanoseconds(call: Callable[[], object], times: int) -> float:
    """For one call; the best of several rounds, so that other load does not count."""
    return min(timeit.repeat(call, number=times, repeat=9)) / times * 1e9


def _show(title: str, limit: float, cases: dict[str, float]) -> None:
    print(title)
    for name, taken in cases.items():
        print(f"  {name:48} {taken:9.0f} ns  {taken / limit:5.1f} x the limit")


def main() -> None:
    """Measure hooks of twenty cartridges, then one extension."""
    with tempfile.TemporaryDirectory() as directory, CartridgeSite(Path(directory)) as site:
        names = [f"made_{number:02}" for number in range(CARTRIDGES)]
        for name in names:
            site.add(name, BODY)
        loaded = load_cartridges(names)
    functions = [each.function for each in loaded.implementations("iomconnector_commands")]

    def plain() -> list[object]:
        return [item for function in functions for item in function()]

    times = 5_000
    limit = _nanoseconds(plain, times)
    _show(
        f"One hook of {CARTRIDGES} cartridges",
        limit,
        {
            "plain calls of the functions (the limit)": limit,
            "LoadedCartridges.collect": _nanoseconds(lambda: loaded.collect("iomconnector_commands"), times),
            "pluggy's own call, which names no cartridge": _nanoseconds(
                loaded.manager.hook.iomconnector_commands, times
            ),
        },
    )
    order, document = {"field": 1}, {"field": 0}
    bound = BoundExtension("made_00", Extension("Mapper.bindTax", change))
    times = 100_000
    limit = _nanoseconds(lambda: change(order, document), times)
    cases = {
        "plain call (the limit)": limit,
        "BoundExtension, which names itself in errors": _nanoseconds(lambda: bound(order, document), times),
    }
    _show("One extension of an extension point", limit, cases)


if __name__ == "__main__":
    main()
