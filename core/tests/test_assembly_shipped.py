"""The assemblies that come with the project can be used in every environment."""

from pathlib import Path

import pytest

from iomconnector.assemblies.file import ENVIRONMENTS
from iomconnector.assemblies.resolution import examine

ASSEMBLIES = Path(__file__).parents[2] / "assemblies"
NAMES = sorted(file.stem for file in ASSEMBLIES.glob("*.toml"))


def test_there_are_assemblies() -> None:
    assert "inspired-b2x" in NAMES


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_wrong_with_them(name: str, environment: str) -> None:
    findings = examine(str(ASSEMBLIES / f"{name}.toml"), (environment,), environ={}).findings
    assert [str(finding) for finding in findings] == []
