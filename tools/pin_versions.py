"""Write the versions that the workspace resolves to now into its constraints; see docs/decisions/0001.

Run: ``make pins``.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
EXPORT = (
    "export --all-packages --all-groups --all-extras --no-hashes --no-header --no-annotate "
    "--no-emit-workspace --format requirements-txt"
)
CONSTRAINTS = re.compile(r"constraint-dependencies = \[\n.*?\n\]\n", re.DOTALL)


def main() -> None:
    """Resolve without the present pins, and write the new ones."""
    file = ROOT / "pyproject.toml"
    present = file.read_text()
    try:
        file.write_text(CONSTRAINTS.sub("constraint-dependencies = []\n", present))
        done = subprocess.run(
            [sys.argv[1], *EXPORT.split()], cwd=ROOT, check=True, capture_output=True, text=True
        )
    finally:
        file.write_text(present)
    pins = [line.replace('"', "'") for line in done.stdout.splitlines() if "==" in line]
    listed = "".join(f'    "{pin}",\n' for pin in pins)
    file.write_text(CONSTRAINTS.sub(lambda _: f"constraint-dependencies = [\n{listed}]\n", present))


if __name__ == "__main__":
    main()
