"""A shop in a directory of its own, run by the console script as users run it."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from bc_order.testing.preloaded import Running, preloaded
from iomconnector.testing.cartridges import CartridgeSite
from iomconnector.testing.samples import CHANNEL, ORGANIZATION, OTHER_CHANNEL

SCRIPT = Path(sys.executable).parent / "iomconnector"
SERVICE = "orders-to-files"
PATIENCE_SECONDS = 60

_ASSEMBLY = """
[assembly]
name = "test-shop"

[[include]]
cartridges = ["bc_order", "file_orders"]
"""

_CARTRIDGE = """
from bc_order.testing.file_order_history import FILE_ORDER_HISTORY
from bc_order.testing.file_order_system import FILE_ORDER_EXPORT


@hookimpl
def iomconnector_service_definitions():
    return [FILE_ORDER_EXPORT, FILE_ORDER_HISTORY]
"""


class Shop:
    """A directory with an assembly of ``bc_order`` and a cartridge whose order management system is files.

    Arguments:
        directory: Gets ``assemblies/``, ``site/`` with the cartridge, ``data/`` and ``oms/``.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.data = directory / "data"
        self.oms = directory / "oms"
        self.site = CartridgeSite(directory / "site")
        if not (directory / "assemblies").exists():
            (directory / "assemblies").mkdir(parents=True)
            (directory / "assemblies" / "test-shop.toml").write_text(_ASSEMBLY)
            self.site.add("file_orders", _CARTRIDGE, requires=["bc-order"])
            self.oms.mkdir()

    def environment(self, variables: Mapping[str, str]) -> dict[str, str]:
        """The environment variables of its processes."""
        inherited = {name: text for name, text in os.environ.items() if not name.startswith("IOMC_")}
        inherited.pop("COLUMNS", None)
        return inherited | {
            "PYTHONPATH": str(self.site.folder),
            "IOMC_ASSEMBLY": "test-shop",
            "IOMC_DATA_DIRECTORY": str(self.data),
            **variables,
        }

    def run(
        self,
        *arguments: str,
        stdin: str | bytes = b"",
        variables: Mapping[str, str] | None = None,
        prepare: Callable[[], object] | None = None,
    ) -> Ended:
        """Run a command to its end; the arguments are those of :meth:`running`."""
        with self.running(*arguments, stdin=stdin, variables=variables, prepare=prepare) as command:
            return ended(command)

    def running(
        self,
        *arguments: str,
        stdin: str | bytes = b"",
        variables: Mapping[str, str] | None = None,
        prepare: Callable[[], object] | None = None,
    ) -> AbstractContextManager[Running]:
        """Run a command for the time of a block, in a process of its own that has imported the code already.

        Arguments:
            arguments: What stands behind ``iomconnector``.
            stdin: What it can read.
            variables: Environment variables.
            prepare: Is called in the new process before the command begins; it must be picklable.
        """
        return preloaded(
            arguments,
            directory=self.directory,
            environment=self.environment(variables or {}),
            stdin=stdin.encode() if isinstance(stdin, str) else stdin,
            prepare=prepare,
        )

    def json(self, *arguments: str, code: int = 0) -> Any:
        """What a command says in JSON; it must end with the code and leave standard error empty."""
        ended = self.run(*arguments, "--format", "json")
        assert (ended.code, ended.err) == (code, ""), ended
        return json.loads(ended.out)

    def start(
        self,
        *arguments: str,
        variables: Mapping[str, str] | None = None,
        stderr: int = subprocess.PIPE,
    ) -> subprocess.Popen[bytes]:
        """Start the console script, with pipes.

        Arguments:
            arguments: What stands behind ``iomconnector``.
            variables: Environment variables.
            stderr: Another standard error, for example a terminal.
        """
        return subprocess.Popen(  # noqa: S603
            [SCRIPT, *arguments],
            cwd=self.directory,
            env=self.environment(variables or {}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
        )

    @contextmanager
    def serving(self, *arguments: str, variables: Mapping[str, str] | None = None) -> Iterator[Serving]:
        """Run ``iomconnector serve`` on a free port for the time of the block, then end it with SIGTERM.

        It must end with exit code 0, unless the block ended it.
        """
        with self.running("serve", "--port", "0", *arguments, variables=variables) as running:
            wait_until(lambda: running.out.endswith("\n") or not running.runs, "the server listens")
            assert running.runs, running.err
            yield Serving(running, running.out.partition("http://")[2].partition(",")[0])
            if running.runs:
                running.signal(signal.SIGTERM)
                code = running.wait(PATIENCE_SECONDS)
                assert code == 0, running.err

    @contextmanager
    def working(self, *arguments: str, variables: Mapping[str, str] | None = None) -> Iterator[Running]:
        """Run ``iomconnector worker`` for the time of the block, then end it with SIGTERM.

        It must end with exit code 0, unless the block ended it.
        """
        with self.running("worker", *arguments, variables=variables) as running:
            wait_until(lambda: "exports orders of" in running.out or not running.runs, "the worker works")
            assert running.runs, running.err
            yield running
            if running.runs:
                running.signal(signal.SIGTERM)
                code = running.wait(PATIENCE_SECONDS)
                assert code == 0, running.err

    def assembly_with(self, cartridge: str, body: str) -> Mapping[str, str]:
        """Add a cartridge; the variables that choose an assembly with it.

        Arguments:
            cartridge: Its name.
            body: The code of its module ``cartridge``.
        """
        self.site.add(cartridge, body)
        text = (self.directory / "assemblies" / "test-shop.toml").read_text()
        more = self.directory / "assemblies" / "more.toml"
        more.write_text(
            text.replace('"test-shop"', '"more"').replace('"file_orders"', f'"file_orders", "{cartridge}"')
        )
        return {"IOMC_ASSEMBLY": "more"}

    def token(self, name: str, *channels: str) -> str:
        """Make an access token for channels."""
        options = [part for channel in channels for part in ("--channel", channel)]
        made = self.run("token", "create", name, *options)
        assert made.code == 0, made
        return made.out.strip()

    def write(self, name: str, content: str | bytes) -> str:
        """Write a file into the directory; returns its path."""
        file = self.directory / name
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(file)

    def count(self, table: str = "orders") -> int:
        """How many rows a table of its database has, as another process sees it."""
        with closing(sqlite3.connect(self.data / "shop.sqlite", timeout=PATIENCE_SECONDS)) as connection:
            (rows,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
            return int(rows)

    def exported(self) -> list[str]:
        """The names of the orders in the order management system."""
        return sorted(file.name for file in self.oms.glob("*.json"))


class Ended:
    """A command that ended.

    Arguments:
        code: Its exit code.
        out: What it wrote to standard output.
        err: What it wrote to standard error.
    """

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.out = out
        self.err = err

    def __repr__(self) -> str:
        return f"exit code {self.code}\n{self.out}\n{self.err}"


class Serving:
    """A server that answers.

    Arguments:
        process: It.
        address: ``host:port``.
    """

    def __init__(self, process: Running, address: str) -> None:
        self.process = process
        self.address = address

    def end(self) -> Ended:
        """What became of a server that ends on its own."""
        return ended(self.process)


def prepared_shop(directory: Path) -> Shop:
    """A shop with a prepared database, two channels, and the export to files configured.

    The database is a copy of one that is prepared once a process.
    """
    template = _template()
    for part in ("assemblies", "site", "data"):
        shutil.copytree(template.directory / part, directory / part)
    (directory / "oms").mkdir()
    return Shop(directory)


@cache
def _template() -> Shop:
    directory = Path(tempfile.mkdtemp(prefix="iomconnector-shop-"))
    atexit.register(shutil.rmtree, directory)
    shop = Shop(directory)
    for command in (
        ["dbprepare"],
        ["context", "add", ORGANIZATION, "--kind", "organization"],
        ["context", "add", CHANNEL, "--parent", ORGANIZATION],
        ["context", "add", OTHER_CHANNEL, "--parent", ORGANIZATION],
        [
            "service",
            "add",
            SERVICE,
            "--type",
            "file-order-export",
            "--context",
            ORGANIZATION,
            "directory=oms",
        ],
    ):
        ended = shop.run(*command)
        assert ended.code == 0, ended
    return shop


def ended(command: Running) -> Ended:
    """Wait for the end of a command."""
    code = command.wait(PATIENCE_SECONDS)
    return Ended(code, command.out, command.err)


def wait_until(condition: Callable[[], object], what: str) -> None:
    """Wait until something is so.

    Raises:
        AssertionError: It is not so after a minute.
    """
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end, f"waited in vain until {what}"
        time.sleep(0.03)
