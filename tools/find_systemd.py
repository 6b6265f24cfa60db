"""Find systemd's own checker of units, or install it; print its path.

Run: ``make unit``. Without it on ``PATH``, Debian's package ``systemd`` is installed where that is possible:
for root. On systems that have no systemd at all the path is empty, and the tests of the units are left out.
"""

import os
import shutil
import subprocess
import sys

PROGRAM = "systemd-analyze"
ADVICE = (
    "The tests of the systemd units need systemd-analyze: install systemd (Debian: apt-get install systemd)."
)


def installed() -> str:
    """Install Debian's package; the path of the program."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        sys.exit(ADVICE)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "--yes", "--no-install-recommends", "systemd"]):
        done = subprocess.run([apt, "--quiet", *arguments], check=False, env=environment, stdout=sys.stderr)
        if done.returncode != 0:
            sys.exit(f"apt-get {' '.join(arguments)} failed. {ADVICE}")
    return shutil.which(PROGRAM) or sys.exit(ADVICE)


if __name__ == "__main__":
    print(shutil.which(PROGRAM) or (installed() if sys.platform == "linux" else ""))  # noqa: T201
