"""How long the command line takes to start, beside an interpreter that does nothing.

Run: ``make bench``, or ``.venv/bin/python benchmarks/start_up.py --runs 15``.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
COMMAND = str(Path(sys.executable).parent / "iomconnector")

CASES = {
    "python -c pass (the limit)": [sys.executable, "-c", "pass"],
    "iomconnector --version": [COMMAND, "--version"],
    "iomconnector --help": [COMMAND, "--help"],
    "iomconnector cartridge list": [COMMAND, "cartridge", "list"],
    "iomconnector order list": [COMMAND, "order", "list"],
}


def _seconds(command: list[str], environment: dict[str, str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    return time.perf_counter() - started


def main() -> None:
    """Measure every case, each in turn, and print medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=11, help="How often each case runs.")
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as directory:
        environment = {**os.environ, "IOMC_DATA_DIRECTORY": directory, "IOMC_ENVIRONMENT": "development"}
        subprocess.run([COMMAND, "dbprepare"], cwd=ROOT, env=environment, check=True, capture_output=True)
        seconds: dict[str, list[float]] = {case: [] for case in CASES}
        for _ in range(runs):
            for case, command in CASES.items():
                seconds[case].append(_seconds(command, environment))
    limit = statistics.median(seconds["python -c pass (the limit)"])
    print(f"Start-up, median of {runs} runs, all cartridges of inspired-iomconnector in development")
    for case, measured in seconds.items():
        median = statistics.median(measured)
        print(f"{case:32} {median * 1000:7.0f} ms  {median / limit:6.1f} x the limit")


if __name__ == "__main__":
    main()
