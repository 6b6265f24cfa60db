"""The command line in a process of its own that begins with everything imported.

Starting Python and importing takes most of the time of a short command. Here each command is forked from one
process that has imported the code, and nothing else, once.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path

MODULES = [
    "alembic.command",
    "bc_order.order_commands",
    "bc_order.testing.file_order_system",
    "iomconnector.cli.log_output",
    "iomconnector.cli.main",
    "iomconnector.container",
    "rich.table",
    "typer.rich_utils",
]


class Running:
    """A command that runs, or ran.

    Arguments:
        process: Its process.
        streams: The files that are its standard input, output and error.
    """

    def __init__(self, process: ForkServerProcess, streams: Sequence[Path]) -> None:
        self._process = process
        self._streams = streams

    @property
    def pid(self) -> int:
        """The id of the process."""
        assert self._process.pid is not None
        return self._process.pid

    @property
    def out(self) -> str:
        """What it wrote to standard output until now."""
        return self._streams[1].read_text(encoding="utf-8")

    @property
    def err(self) -> str:
        """What it wrote to standard error until now."""
        return self._streams[2].read_text(encoding="utf-8")

    @property
    def runs(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.is_alive()

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self.pid, number)

    def wait(self, seconds: float) -> int:
        """Wait for its end; the exit code. It is killed when the time is over."""
        self._process.join(seconds)
        self._process.kill()
        self._process.join()
        assert self._process.exitcode is not None
        return self._process.exitcode


@contextmanager
def preloaded(
    arguments: Sequence[str],
    *,
    directory: Path,
    environment: Mapping[str, str],
    stdin: bytes = b"",
    prepare: Callable[[], object] | None = None,
) -> Iterator[Running]:
    """Run ``iomconnector``; it is killed at the end of the block.

    Arguments:
        arguments: What stands behind ``iomconnector``.
        directory: The working directory.
        environment: The environment variables; ``PYTHONPATH`` has the effect that it has on Python.
        stdin: What it can read.
        prepare: Is called in the process before the command begins; it must be picklable.
    """
    with tempfile.TemporaryDirectory() as folder:
        streams = [Path(folder, name) for name in ("stdin", "stdout", "stderr")]
        for stream in streams:
            stream.write_bytes(stdin if stream.name == "stdin" else b"")
        process = _context().Process(
            target=_main,
            args=(list(arguments), str(directory), dict(environment), list(map(str, streams)), prepare),
        )
        process.start()
        running = Running(process, streams)
        try:
            yield running
        finally:
            running.wait(0)


@cache
def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(MODULES)
    return context


def _main(
    arguments: list[str],
    directory: str,
    environment: dict[str, str],
    streams: list[str],
    prepare: Callable[[], object] | None,
) -> None:
    from iomconnector.cli.main import main

    os.chdir(directory)
    os.environ.clear()
    os.environ.update(environment)
    sys.path[:0] = [path for path in environment.get("PYTHONPATH", "").split(os.pathsep) if path]
    for number, (path, mode) in enumerate(zip(streams, ("r", "w", "w"), strict=True)):
        with open(path, mode) as file:  # noqa: PTH123
            os.dup2(file.fileno(), number)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)
    sys.argv = ["iomconnector", *arguments]
    if prepare is not None:
        prepare()
    main()
