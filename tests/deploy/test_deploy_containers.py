"""The Dockerfile and the compose file, judged by hadolint and by Docker Compose itself."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from iomconnector.settings import Settings

BIN = Path(sys.executable).parent


def run(program: str, *arguments: str, root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([BIN / program, *arguments], cwd=root, capture_output=True, text=True, check=False)


def composed(root: Path) -> dict[str, Any]:
    done = run("docker-compose", "--profile", "dev", "config", "--format", "json", root=root)
    assert (done.returncode, done.stderr) == (0, "")
    content: dict[str, Any] = json.loads(done.stdout)
    return content


def test_hadolint_finds_nothing_wrong(root: Path) -> None:
    done = run("hadolint", "--failure-threshold", "style", "Dockerfile", root=root)
    assert (done.returncode, done.stdout) == (0, "")


def test_hadolint_would_find_a_wrong_instruction(root: Path, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM debian\nRUN cd /tmp\n")
    assert run("hadolint", "Dockerfile", root=tmp_path).returncode != 0


def test_the_image_runs_as_nobody_in_particular(root: Path) -> None:
    lines = (root / "Dockerfile").read_text().splitlines()
    users = [line for line in lines if line.startswith("USER ")]
    assert users == ["USER 10001:10001"]
    assert any(line.startswith("HEALTHCHECK ") for line in lines)


def test_compose_resolves_every_service(root: Path) -> None:
    assert set(composed(root)["services"]) == {"postgres", "dbprepare", "web", "worker", "iom"}


@pytest.mark.parametrize("name", ["web", "worker"])
def test_processes_begin_on_a_prepared_database_and_have_time_to_end(root: Path, name: str) -> None:
    service = composed(root)["services"][name]
    assert service["depends_on"]["dbprepare"]["condition"] == "service_completed_successfully"
    assert int(service["stop_grace_period"].removesuffix("s")) >= Settings().shutdown_grace + 10
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert {each["source"] for each in service["secrets"]} == {"database_url", "secret_key"}


def test_compose_would_find_a_wrong_key(root: Path, tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("services:\n  web:\n    image: x\n    command_line: [serve]\n")
    assert run("docker-compose", "config", "-q", root=tmp_path).returncode != 0
