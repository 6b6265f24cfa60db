"""The Helm chart: linted and rendered by Helm, its manifests held against the schemas of Kubernetes."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import helm_python
import pytest
import yaml

Render = Callable[[dict[str, Any]], list[dict[str, Any]]]

CHART = Path(__file__).parents[2] / "deploy" / "helm" / "iomconnector"
VERSIONS = ("1.30.0", "1.37.0")
OF_OTHERS = {"ServiceMonitor"}
"""Kinds that no schema of Kubernetes describes."""


@pytest.fixture(params=["default", "everything"])
def values(request: pytest.FixtureRequest, everything: dict[str, Any]) -> dict[str, Any]:
    return everything if request.param == "everything" else {}


def test_helm_finds_nothing_wrong() -> None:
    found = helm_python.lint(CHART)
    assert found["errors"] == []
    assert [each["error"] for each in found["messages"]] == ["icon is recommended"]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_manifests_are_those_of_kubernetes(
    tmp_path: Path, rendered: Render, values: dict[str, Any], version: str
) -> None:
    manifests = [each for each in rendered(values) if each["kind"] not in OF_OTHERS]
    assert len(manifests) == (10 if values else 7)
    assert judged(tmp_path, version, manifests) == 0


def judged(folder: Path, version: str, manifests: list[dict[str, Any]]) -> int:
    file = folder / "manifests.yaml"
    file.write_text(yaml.safe_dump_all(manifests))
    program = Path(sys.executable).parent / "kubernetes-validate"
    return subprocess.run([program, "--strict", "-k", version, file], check=False).returncode


def test_a_wrong_manifest_would_be_found(tmp_path: Path, rendered: Render) -> None:
    manifests = [each for each in rendered({}) if each["kind"] == "Deployment"]
    manifests[0]["spec"]["replica"] = 2
    assert judged(tmp_path, VERSIONS[-1], manifests) != 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"worker": {"replica": 3}}, {"worker": {"concurrency": 0}}, {"web": {"port": "http"}},
        {"settings": {"secret_key": "x"}}, {"settings": {"EXPORT_LEASE": 1}}, {"existingSecret": ""},
    ],
)  # fmt: skip
def test_wrong_values_are_refused(rendered: Render, wrong: dict[str, Any]) -> None:
    with pytest.raises(helm_python.HelmError):
        rendered(wrong)


def test_no_secret_stands_in_a_manifest(rendered: Render, containers: Render, values: dict[str, Any]) -> None:
    assert not [each for each in rendered(values) if each["kind"] == "Secret"]
    for container in containers(values):
        names = {each["name"] for each in container["env"]}
        assert {"IOMC_DATABASE_URL_FILE", "IOMC_SECRET_KEY_FILE", "IOMC_OPERATIONS_TOKEN_FILE"} <= names
        assert not names & {"IOMC_DATABASE_URL", "IOMC_SECRET_KEY", "IOMC_OPERATIONS_TOKEN"}


def test_pods_can_do_little(containers: Render, values: dict[str, Any]) -> None:
    for container in containers(values):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }


def test_the_database_is_prepared_before_anything_else(rendered: Render, values: dict[str, Any]) -> None:
    (job,) = (each for each in rendered(values) if each["kind"] == "Job")
    assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
    assert job["spec"]["template"]["spec"]["containers"][0]["args"] == ["dbprepare"]


def test_kubernetes_waits_longer_than_the_program_needs_to_end(rendered: Render) -> None:
    for each in rendered({"shutdownGrace": 100}):
        if each["kind"] == "Deployment":
            pod = each["spec"]["template"]["spec"]
            variables = {one["name"]: one["value"] for one in pod["containers"][0]["env"]}
            assert variables["IOMC_SHUTDOWN_GRACE"] == "100"
            assert pod["terminationGracePeriodSeconds"] >= 110
