"""The systemd units, judged by systemd itself."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bc_order.testing.shop import SCRIPT
from iomconnector.settings import Settings

INSTALLED = "/opt/iomconnector/bin/iomconnector"
UNITS = [
    "iomconnector.target",
    "iomconnector-dbprepare.service",
    "iomconnector-web.service",
    "iomconnector-worker@9465.service",
]
LONGEST_EXPOSURE = 2.0

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="systemd is Linux alone")


@pytest.fixture
def units(root: Path, tmp_path: Path) -> Path:
    """The units, with the program where it is on this machine."""
    for file in (root / "deploy" / "systemd").iterdir():
        (tmp_path / file.name).write_text(file.read_text().replace(INSTALLED, str(SCRIPT)))
    return tmp_path


def analyze(*arguments: object) -> subprocess.CompletedProcess[str]:
    program = shutil.which("systemd-analyze")
    assert program is not None, "`make unit` installs it"
    return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, check=False)


def test_systemd_finds_nothing_wrong(units: Path) -> None:
    done = analyze("verify", "--man=no", *(units / unit for unit in UNITS))
    assert (done.returncode, done.stderr.strip()) == (0, "")


def test_systemd_would_find_a_wrong_option(units: Path) -> None:
    web = units / "iomconnector-web.service"
    web.write_text(web.read_text().replace("WatchdogSec", "WatchdogSecs"))
    assert "'WatchdogSecs' in section" in analyze("verify", "--man=no", web).stderr


@pytest.mark.parametrize("unit", ["iomconnector-web.service", "iomconnector-worker@.service"])
def test_they_are_hardened(units: Path, unit: str) -> None:
    done = analyze("security", "--offline=true", f"--threshold={LONGEST_EXPOSURE * 10:g}", units / unit)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("unit", ["iomconnector-web.service", "iomconnector-worker@.service"])
def test_systemd_waits_longer_than_the_program_needs_to_end(units: Path, unit: str) -> None:
    lines = (units / unit).read_text().splitlines()
    (limit,) = (
        int(line.removeprefix("TimeoutStopSec=")) for line in lines if line.startswith("TimeoutStopSec=")
    )
    assert limit >= Settings().shutdown_grace + 10
    assert "Type=notify" in lines
