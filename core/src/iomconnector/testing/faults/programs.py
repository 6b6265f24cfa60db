"""Processes that a test starts, kills, pauses and starts again."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

from iomconnector.testing.faults.conditions import PATIENCE_SECONDS, until


class ProgramEndedError(Exception):
    """A program ended before it was ready; the text is what it said."""


class Program:
    """One program, one life after the other. What it says is kept, a file for each life.

    As a context manager it is killed at the end of the block.

    Arguments:
        name: What it is called in errors and in the names of its files.
        command: The command.
        logs: The directory for what it says.
        environment: Its environment variables; those of this process where omitted.
        directory: Its working directory.
        ready: A regular expression; it is ready when it has said that. Empty: as soon as it runs.
        before: Is called in the new process before the command begins.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        logs: Path,
        environment: Mapping[str, str] | None = None,
        directory: Path | None = None,
        ready: str = "",
        before: Callable[[], None] | None = None,
    ) -> None:
        self.name = name
        self.kills = 0
        self._command = list(command)
        self._logs = logs
        self._environment = environment
        self._directory = directory
        self._ready = re.compile(ready)
        self._before = before
        self._lives = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._guard: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Program:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """The id of its process.

        Raises:
            ProgramEndedError: It was not started.
        """
        if self._process is None:
            raise ProgramEndedError(f"{self.name} was not started.")
        return self._process.pid

    @property
    def runs(self) -> bool:
        """Whether it was started and has not ended, paused or not."""
        return self._process is not None and self._process.poll() is None

    @property
    def log(self) -> Path:
        """The file with what it says in its present, or else its last, life."""
        return self._logs / f"{self.name}.{self._lives}.log"

    @property
    def said(self) -> str:
        """What it has said in its present, or else its last, life."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def begin(self) -> None:
        """Start it, without waiting until it is ready."""
        self.close()
        self._lives += 1
        self._logs.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603
                self._command,
                cwd=self._directory,
                env=dict(self._environment) if self._environment is not None else None,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=self._before,  # noqa: PLW1509
            )
        self._guard = _guard(self._process.pid)

    def start(self, *, seconds: float = PATIENCE_SECONDS) -> Program:
        """Start it and wait until it is ready; itself.

        Raises:
            ProgramEndedError: It ended instead.
            WaitedInVainError: It is not ready in time.
        """
        self.begin()
        until(lambda: self.is_ready or not self.runs, f"{self.name} is ready", seconds=seconds)
        if not self.runs and not self.is_ready:
            self.close()
            raise ProgramEndedError(self.said.strip())
        return self

    @property
    def is_ready(self) -> bool:
        """Whether it has said that it is ready."""
        return self._ready.search(self.said) is not None

    def kill(self) -> None:
        """Kill it, as ``kill -9`` does. Nothing where it does not run."""
        if self.runs:
            self.kills += 1
            self._send(signal.SIGKILL)
            self.wait()

    def terminate(self) -> None:
        """Ask it to stop, as ``kill`` does; :meth:`wait` tells when it has."""
        self._send(signal.SIGTERM)

    def pause(self) -> None:
        """Stop it in the middle of whatever it does; to the others it seems neither dead nor alive."""
        self._send(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on where it was paused, not knowing that it was."""
        self._send(signal.SIGCONT)

    def wait(self, *, seconds: float = PATIENCE_SECONDS) -> int:
        """Wait for its end; its exit code.

        Raises:
            WaitedInVainError: It does not end in time.
        """
        until(lambda: not self.runs, f"{self.name} ends", seconds=seconds)
        assert self._process is not None
        self._dismiss_guard()
        return self._process.returncode

    def stop(self, *, seconds: float = PATIENCE_SECONDS) -> int:
        """Ask it to stop and wait for its end; its exit code, 0 where it was never started."""
        if self._process is None:
            return 0
        self.terminate()
        return self.wait(seconds=seconds)

    def close(self) -> None:
        """Kill it where it runs, without counting that as a fault."""
        if self._process is not None and self.runs:
            self._process.kill()
            self._process.wait()
        self._dismiss_guard()

    def _dismiss_guard(self) -> None:
        if self._guard is not None:
            self._guard.communicate(b"done\n")
            self._guard = None

    def _send(self, number: signal.Signals) -> None:
        if self.runs:
            os.kill(self.pid, number)


def _guard(pid: int) -> subprocess.Popen[bytes]:
    """Kill a process when this one dies without doing it: its end of the pipe is closed then."""
    return subprocess.Popen(  # noqa: S603
        ["/bin/sh", "-c", 'read -r done || kill -KILL "$1"', "sh", str(pid)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
