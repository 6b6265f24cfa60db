"""SimpleInventoryService and the IOM Inventory Service, active in one context: everybody who could wonder
reads ICM's error, with both names."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from iomconnector.application import Application
from iomconnector.model.accounts import Role
from iomconnector.model.availability import AvailabilitySource
from iomconnector.services.errors import ServiceConflictError
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.systems import prepared_system
from iomconnector.web.app import create_web_application
from iomconnector.web.session_cookies import SESSION_COOKIE

ASSEMBLIES = Path(__file__).parents[2] / "assemblies"
CHANNEL = "inSPIRED-inTRONICS_Business"
IOM, SIMPLE = "iom-inventory-intronics-business", "own-stock"
WORDS = "Only one adapter allowed to be executable of InventoryService, but 2 adapters found."
NAMES = f"In context {CHANNEL} these are: {IOM}, {SIMPLE}."
PASSWORD = "a back office password"
QUICK: dict[str, Any] = {"password_memory_kib": 32, "password_passes": 1}


async def _add_simple(application: Application, *, active: bool) -> None:
    await application.services.add(
        SIMPLE, definition="simple-inventory", context=CHANNEL, values={}, active=active, by="test"
    )


def _activate_behind_the_back(directory: Path) -> None:
    with closing(sqlite3.connect(directory / "shop.sqlite")) as database, database:
        database.execute("UPDATE service_configurations SET active = 1 WHERE id = ?", (SIMPLE,))


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """The data of a connected shop in which both are active, which no change of a service brings about."""

    @in_event_loop
    async def prepare() -> None:
        async with prepared_system("inspired-iomconnector", tmp_path, **QUICK) as application:
            await _add_simple(application, active=False)

    prepare()
    _activate_behind_the_back(tmp_path)
    return tmp_path


def _run(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "IOMC_DATA_DIRECTORY": str(directory),
        "IOMC_ASSEMBLY_PATH": str(ASSEMBLIES),
        "COLUMNS": "400",
    }
    return subprocess.run(
        [sys.executable, "-m", "iomconnector", *arguments],
        env=environment,
        cwd=directory,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@in_event_loop
async def test_the_change_that_would_lead_there_is_refused_and_logged(tmp_path: Path) -> None:
    async with prepared_system("inspired-iomconnector", tmp_path, **QUICK) as application:
        with capture_logs() as logs, pytest.raises(ServiceConflictError) as refused:
            await _add_simple(application, active=True)
        assert refused.value.message == f"{WORDS} {NAMES}"
        assert [each["event"] for each in logs if each["log_level"] == "error"] == [f"{WORDS} {NAMES}"]


def test_the_log_and_the_pages_of_the_back_office_name_both(directory: Path) -> None:
    @in_event_loop
    async def look() -> None:
        async with prepared_system("inspired-iomconnector", directory, **QUICK) as application:
            with capture_logs() as logs:
                told = await application.availability.of(CHANNEL, ["896737"])
            assert told["896737"].source is AvailabilitySource.NOBODY
            assert [each["event"] for each in logs if each["log_level"] == "error"] == [f"{WORDS} {NAMES}"]
            overview = await _page(application, f"/bo/services?context={CHANNEL}")
            assert WORDS in overview
            assert overview.count("Conflict") == 2
            assert f"IOM Inventory Service ({IOM}), SimpleInventoryService ({SIMPLE})" in overview
            for service, other in ((IOM, SIMPLE), (SIMPLE, IOM)):
                page = await _page(application, f"/bo/services/{service}")
                assert WORDS in page, service
                assert other in page

    look()


async def _page(application: Application, path: str) -> str:
    if not await application.accounts.all():
        await application.accounts.add("rita", PASSWORD, Role.READ_ONLY, by="test")
    session = await application.sign_in.sign_in("rita", PASSWORD, client="192.0.2.1")
    transport = httpx.ASGITransport(create_web_application(application))
    async with httpx.AsyncClient(transport=transport, base_url="http://office.example") as client:
        client.cookies.set(SESSION_COOKIE, session.token)
        answer = await client.get(path)
        assert answer.status_code == 200, answer.text
        return " ".join(answer.text.split())


def test_commands_name_both(directory: Path) -> None:
    for command in (("service", "list"), ("service", "list", "--context", CHANNEL)):
        listed = _run(directory, *command)
        assert listed.returncode == 0, listed.stderr
        assert listed.stderr.count(f"{WORDS} {NAMES}") == 1
        assert listed.stdout.count("conflict") == 2
    elsewhere = _run(directory, "service", "list", "--context", "inSPIRED-inTRONICS")
    assert "Only one adapter" not in elsewhere.stderr
    rows = json.loads(_run(directory, "service", "list", "--format", "json").stdout)
    conflicts = {each["id"]: each["status"]["conflicts"] for each in rows if each["status"]["conflicts"]}
    assert conflicts == {IOM: [SIMPLE], SIMPLE: [IOM]}
    assert _run(directory, "service", "deactivate", SIMPLE).returncode == 0
    refused = _run(directory, "service", "activate", SIMPLE)
    assert refused.returncode == 3
    assert f"{WORDS} {NAMES}" in refused.stderr


def test_the_check_of_the_assembly_says_so_where_the_database_is_there(directory: Path) -> None:
    checked = _run(directory, "assembly", "check", "inspired-iomconnector")
    assert checked.returncode == 1, checked.stdout + checked.stderr
    assert f"{WORDS} {NAMES}" in " ".join(checked.stdout.split())
    [told] = json.loads(_run(directory, "assembly", "check", "--format", "json").stdout)
    assert [each["message"] for each in told["findings"]] == [f"{WORDS} {NAMES}"]
    assert _run(directory, "service", "deactivate", SIMPLE).returncode == 0
    assert _run(directory, "assembly", "check").returncode == 0


def test_the_check_makes_no_database_and_does_not_fail_for_one_that_cannot_be_read(tmp_path: Path) -> None:
    checked = _run(tmp_path, "assembly", "check", "inspired-iomconnector")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "shop.sqlite").write_bytes(b"this is no database" * 100)
    checked = _run(tmp_path, "assembly", "check", "inspired-iomconnector")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "cannot be known" in checked.stdout
