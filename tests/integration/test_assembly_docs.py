"""The output that the guide for integrators shows is what the commands print."""

import os
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from iomconnector.cli.main import app

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "integrators.md"
SHOWN = re.compile(r"(```console\n\$ iomconnector (assembly [^\n]+)\n)((?:(?!```|\$ ).*\n)*)```")
"""Blocks with one command; those with several are stories."""


def printed(command: str) -> str:
    result = CliRunner().invoke(app, command.split(), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return "".join(f"{line.rstrip()}\n" for line in result.output.splitlines())


def test_every_command_shows_what_it_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.delenv("COLUMNS", raising=False)
    for variable in [name for name in os.environ if name.startswith("IOMC_")]:
        monkeypatch.delenv(variable)
    page = PAGE.read_text()
    assert len(SHOWN.findall(page)) >= 6
    real = SHOWN.sub(lambda block: f"{block[1]}{printed(block[2])}```", page)
    if os.environ.get("UPDATE_DOCS"):
        PAGE.write_text(real)
    assert PAGE.read_text() == real, "Run this test with UPDATE_DOCS=1 and look at what changed."
