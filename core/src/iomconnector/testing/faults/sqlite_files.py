"""What happens to a SQLite file from outside: another process locks it, its disk is full or read-only."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

MOUNT = ("mount", "-t", "tmpfs")
BLOCK = 4096


@contextmanager
def locked(file: Path, *, seconds: float = 60) -> Iterator[None]:
    """Hold the file's write lock, as a process does that hangs in the middle of a transaction.

    Arguments:
        file: The database.
        seconds: How long to wait for the lock.

    Raises:
        sqlite3.OperationalError: Somebody else holds it for longer.
    """
    with closing(sqlite3.connect(file, isolation_level=None, timeout=seconds)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


class NoDiskError(Exception):
    """A disk of its own cannot be had here: that takes the right to mount."""


class SmallDisk:
    """A file system of its own that can be full or read-only, for the length of a block.

    Arguments:
        directory: Where it is; made if it is not there.
        size: Its size in bytes.

    Raises:
        NoDiskError: Nothing can be mounted here.
    """

    def __init__(self, directory: Path, *, size: int) -> None:
        self.directory = directory
        self._ballast = directory / "ballast"
        directory.mkdir(parents=True, exist_ok=True)
        try:
            _run(*MOUNT, "-o", f"size={size}", "tmpfs", str(directory))
        except (OSError, subprocess.CalledProcessError) as error:
            raise NoDiskError(f"{directory}: {error}") from error

    def __enter__(self) -> SmallDisk:
        return self

    def __exit__(self, *_: object) -> None:
        _run("umount", "--lazy", str(self.directory))

    def fill(self) -> None:
        """Leave no room: the next byte that anybody writes fails with ENOSPC."""
        with self._ballast.open("ab", buffering=0) as ballast, suppress(OSError):
            while True:
                ballast.write(bytes(BLOCK))

    def free(self) -> None:
        """Give the room back."""
        self._ballast.unlink(missing_ok=True)

    @contextmanager
    def read_only(self) -> Iterator[None]:
        """Let nobody write; nobody may have a file open for writing when it begins."""
        _run("mount", "-o", "remount,ro", str(self.directory))
        try:
            yield
        finally:
            _run("mount", "-o", "remount,rw", str(self.directory))


def can_mount(directory: Path) -> bool:
    """Whether a small disk can be had here."""
    if os.geteuid() != 0:
        return False
    try:
        with SmallDisk(directory / "probe", size=BLOCK):
            return True
    except NoDiskError:
        return False


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603
