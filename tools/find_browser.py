"""Find a Chromium for the browser tests, or install one; print its path.

Run: ``make browser``. The variable ``CHROMIUM`` names the browser to use; without it, one on ``PATH`` is
taken, and without any, Debian's package ``chromium`` is installed where that is possible: for root.
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

VARIABLE = "CHROMIUM"
PACKAGES = ("chromium", "fonts-liberation")
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ELSEWHERE = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
ADVICE = (
    "The browser tests need a Chromium or Chrome. Install one (Debian: apt-get install chromium; Fedora: "
    f"dnf install chromium; macOS: brew install --cask chromium), or name one in {VARIABLE}."
)


class NoBrowserError(Exception):
    """There is no browser to be had; the text says what to do."""


def find_browser() -> Path | None:
    """The browser that is there already.

    Raises:
        NoBrowserError: The variable ``CHROMIUM`` names something that cannot be run.
    """
    named = os.environ.get(VARIABLE)
    if named:
        found = shutil.which(named)
        if found is None:
            raise NoBrowserError(f"{VARIABLE} names {named}, which cannot be run. {ADVICE}")
        return Path(found)
    return next((Path(found) for name in (*NAMES, *ELSEWHERE) if (found := shutil.which(name))), None)


def install_browser() -> Path:
    """Install Debian's package and find it.

    Raises:
        NoBrowserError: This is no Debian, the caller is not root, or the installation failed.
    """
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        raise NoBrowserError(ADVICE)
    print("Installing Debian's package chromium for the browser tests.", file=sys.stderr)  # noqa: T201
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "--yes", "--no-install-recommends", *PACKAGES]):
        done = subprocess.run([apt, "--quiet", *arguments], check=False, env=environment, stdout=sys.stderr)
        if done.returncode != 0:
            raise NoBrowserError(f"apt-get {' '.join(arguments)} failed. {ADVICE}")
    found = find_browser()
    if found is None:
        raise NoBrowserError(f"The package chromium brought no browser. {ADVICE}")
    return found


def main() -> None:
    """Print the path of a browser; exit code 1 where there is none."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--no-install", action="store_true", help="Only look; install nothing.")
    only_look = parser.parse_args().no_install
    try:
        found = find_browser() or (None if only_look else install_browser())
    except NoBrowserError as error:
        sys.exit(str(error))
    if found is None:
        sys.exit(ADVICE)
    print(found)  # noqa: T201


if __name__ == "__main__":
    main()
