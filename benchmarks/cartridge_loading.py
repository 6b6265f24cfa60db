"""What installed cartridges cost at start: those that the assembly names, and those that it does not.

The limit is the bare import of the same named modules in the same interpreter, once the framework itself is
imported. The peer is what most plugin systems do: read the entry points of all distributions with the
standard library and import every plugin that is installed. Every figure is from a fresh process.

Run: ``make bench``, or ``.venv/bin/python benchmarks/cartridge_loading.py --runs 9``.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from iomconnector.testing.cartridges import CartridgeSite

INSTALLED = (20, 100, 200, 500, 1000)
BODY = """
from iomconnector.cli.commands import Command

@hookimpl
def iomconnector_commands():
    return [Command("{name}", "A command.", print)]
"""
MEASURE = """
import sys
import time
import iomconnector.assemblies.resolution, iomconnector.cartridges.loading, iomconnector.cli.commands
import iomconnector.cli.invocation
started = time.perf_counter()
{work}
print(time.perf_counter() - started)
"""
FRAMEWORK = """
from iomconnector.cli.invocation import Invocation
loaded = Invocation({assembly!r}, "production").cartridges
assert len(loaded.names) == {named}
"""
LIMIT = """
import importlib
for number in range({named}):
    importlib.import_module(f"made_{{number:04}}.cartridge")
"""
PEER = """
from importlib.metadata import entry_points
for point in entry_points(group="iomconnector.cartridges"):
    if point.name.startswith("made_"):
        point.load()
"""
DISCOVERY = """
from iomconnector.cartridges.discovery import installed_cartridges
found = installed_cartridges()
"""
Measure = Callable[[str], float]


def _site(folder: Path, installed: int, named: int) -> Path:
    """A directory with so many cartridges installed, of which its assembly names some."""
    site = CartridgeSite(folder)
    for number in range(installed):
        name = f"made_{number:04}"
        earlier = [f"made-{number - 1:04}"] if number % 5 else []
        site.add(name, BODY.format(name=name), requires=["iomconnector", *earlier])
    names = ", ".join(f'"made_{number:04}"' for number in range(named))
    assembly = folder / "bench.toml"
    assembly.write_text(f'[assembly]\nname = "bench"\n[[include]]\ncartridges = [{names}]\n')
    return assembly


def _measured(site: Path, runs: int, *works: str) -> list[float]:
    """The median seconds of each piece of work; the pieces take turns."""
    seconds: list[list[float]] = [[] for _ in works]
    environment = {**os.environ, "PYTHONPATH": str(site)}
    for turn in range(runs + 1):
        for work, taken in zip(works, seconds, strict=True):
            program = [sys.executable, "-c", MEASURE.format(work=work)]
            done = subprocess.run(program, env=environment, check=True, capture_output=True, text=True)
            if turn:
                taken.append(float(done.stdout))
    return [statistics.median(taken) for taken in seconds]


def _row(folder: Path, installed: int, named: int, runs: int) -> tuple[float, float, float, float]:
    assembly = _site(folder / f"{installed}-{named}", installed, named)
    limit, whole, discovery, peer = _measured(
        assembly.parent,
        runs,
        LIMIT.format(named=named),
        FRAMEWORK.format(assembly=str(assembly), named=named),
        DISCOVERY,
        PEER,
    )
    return limit, whole, discovery, peer


def main() -> None:
    """Measure the curve of unnamed cartridges, then 200 named ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7, help="How often each case runs.")
    runs = parser.parse_args().runs
    titles = ("installed", "named", "limit", "resolve + load", "ratio", "finding", "all")
    print(f"Cartridges at start, median of {runs} fresh processes, milliseconds")
    print("limit: bare import of the named modules; finding: which are installed; all: import every one")
    print("{:>9} {:>5} {:>8} {:>14} {:>6} {:>8} {:>8}".format(*titles))
    curve: dict[int, float] = {}
    with tempfile.TemporaryDirectory() as directory:
        for installed, named in [*((count, 20) for count in INSTALLED), (200, 200), (1000, 200)]:
            limit, whole, discovery, peer = _row(Path(directory), installed, named, runs)
            if named == INSTALLED[0]:
                curve[installed] = whole
            print(
                f"{installed:9} {named:5} {limit * 1e3:8.1f} {whole * 1e3:14.1f} {whole / limit:6.1f} "
                f"{discovery * 1e3:8.1f} {peer * 1e3:8.1f}"
            )
    print("\nresolve + load of 20 named cartridges, by the number of installed ones")
    for installed, seconds in curve.items():
        print(f"{installed:5} {'#' * round(seconds * 40 / max(curve.values()))} {seconds * 1e3:.1f} ms")
    first, last = curve[INSTALLED[0]], curve[INSTALLED[-1]]
    each = (last - first) / (INSTALLED[-1] - INSTALLED[0])
    print(f"An installed cartridge that is not named costs {each * 1e6:.0f} microseconds.")


if __name__ == "__main__":
    main()
