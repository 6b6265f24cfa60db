"""What the deployment names is what the program has: commands, options, variables, ports."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from bc_order.testing.shop import SCRIPT
from iomconnector.settings import FILE_SUFFIX, OTHER_VARIABLES, SECRETS_IN_FILES, Settings, variable_of

Render = Callable[[dict[str, Any]], list[dict[str, Any]]]

ROOT = Path(__file__).parents[2]
UNITS = sorted((ROOT / "deploy" / "systemd").iterdir())
GUIDE = ROOT / "docs" / "deployment.md"
KNOWN = (
    {variable_of(name) for name in (*Settings.model_fields, *OTHER_VARIABLES)}
    | {f"{variable_of(name)}{FILE_SUFFIX}" for name in SECRETS_IN_FILES}
)  # fmt: skip


def composed_commands() -> list[tuple[str, ...]]:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    return [tuple(each["command"]) for each in services.values() if "command" in each]


def unit_commands() -> list[tuple[str, ...]]:
    lines = [
        line for unit in UNITS for line in unit.read_text().splitlines() if line.startswith("ExecStart=")
    ]
    return [tuple(line.replace("%i", "9465").split()[1:]) for line in lines]


def guide_commands() -> list[tuple[str, ...]]:
    """The calls in the guide, by hand and in a container."""
    call = r"(?:^\$ iomconnector|docker compose run --rm web) ([^#&|`\n]+)"
    return [tuple(found.split()) for found in re.findall(call, GUIDE.read_text(), re.MULTILINE)]


def commands() -> set[tuple[str, ...]]:
    image = re.search(r"^CMD (.*)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert image is not None
    return {tuple(json.loads(image[1])), *composed_commands(), *unit_commands(), *guide_commands()}


def called(command: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    arguments = [str(SCRIPT), "-e", "development", *command, "--help"]
    return subprocess.run(arguments, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("command", sorted(commands()), ids=" ".join)
def test_the_program_has_the_command_with_its_options(command: tuple[str, ...]) -> None:
    done = called(command)
    assert done.returncode == 0, done.stderr


def test_the_program_has_the_commands_of_the_chart(containers: Render, everything: dict[str, Any]) -> None:
    for container in containers(everything):
        done = called(tuple(container["args"]))
        assert done.returncode == 0, done.stderr


def test_the_program_would_refuse_an_invented_option() -> None:
    assert called(("worker", "--threads", "4")).returncode == 2


def test_every_kind_of_file_names_commands() -> None:
    named = {each[0] for each in commands()}
    assert {"serve", "worker", "dbprepare", "iom"} <= named
    assert len(unit_commands()) == 3
    assert len(guide_commands()) == 10


@pytest.mark.parametrize(
    "file", [*UNITS, GUIDE, ROOT / "Dockerfile", ROOT / "compose.yaml"], ids=lambda file: file.name
)
def test_every_variable_is_one_of_the_program(file: Path) -> None:
    named = set(re.findall(r"\bIOMC_[A-Z_]+[A-Z]\b", file.read_text()))
    assert named <= KNOWN


def test_every_variable_of_the_chart_is_one_of_the_program(
    containers: Render, everything: dict[str, Any]
) -> None:
    named = {each["name"] for container in containers(everything) for each in container["env"]}
    assert named <= KNOWN
    assert "IOMC_EXPORT_LEASE" in named


def test_the_ports_are_those_on_which_the_program_listens(containers: Render) -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    operations = re.search(r"IOMC_OPERATIONS_PORT=(\d+)", dockerfile)
    assert operations is not None
    assert f"EXPOSE {Settings().port} {operations[1]}" in dockerfile
    ports = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["web"]["ports"]
    assert ports == [f"127.0.0.1:{Settings().port}:{Settings().port}"]
    for container in containers({}):
        variables = {each["name"]: each["value"] for each in container["env"]}
        for port in container.get("ports", ()):
            variable = "IOMC_PORT" if port["name"] == "http" else "IOMC_OPERATIONS_PORT"
            assert variables[variable] == str(port["containerPort"])
