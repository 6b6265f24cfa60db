"""The files with which the system is deployed, the Helm chart rendered by Helm's own library."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import helm_python
import pytest
import yaml

ROOT = Path(__file__).parents[2]
CHART = ROOT / "deploy" / "helm" / "iomconnector"

Manifests = list[dict[str, Any]]

EVERYTHING: dict[str, Any] = {
    "imagePullSecrets": [{"name": "registry"}],
    "settings": {"export_lease": 45, "log_format": "json"},
    "worker": {"channels": ["shop-one", "shop-two"], "autoscaling": {"enabled": True}},
    "ingress": {"enabled": True, "className": "nginx", "tlsSecret": "shop-tls", "annotations": {"a": "b"}},
    "networkPolicy": {
        "enabled": True,
        "webFrom": [{"namespaceSelector": {"matchLabels": {"name": "ingress"}}}],
        "operationsFrom": [{"namespaceSelector": {"matchLabels": {"name": "monitoring"}}}],
    },
    "serviceMonitor": {"enabled": True, "labels": {"release": "prometheus"}},
    "podAnnotations": {"a": "b"},
    "nodeSelector": {"disk": "ssd"},
    "tolerations": [{"key": "shop", "operator": "Exists"}],
    "affinity": {"nodeAffinity": {}},
}
"""Values that switch everything on."""


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def everything() -> dict[str, Any]:
    """Values that switch everything on."""
    return EVERYTHING


@pytest.fixture(scope="session")
def rendered() -> Callable[[dict[str, Any]], Manifests]:
    """Makes the manifests that Helm makes of values."""

    def render(values: dict[str, Any]) -> Manifests:
        with helm_python.Chart.load(CHART) as chart:
            files = chart.render(values=values, name="shop", namespace="shops")
        texts = [text for name, text in files.items() if name.endswith(".yaml")]
        return [document for text in texts for document in yaml.safe_load_all(text) if document]

    return render


@pytest.fixture(scope="session")
def containers(rendered: Callable[[dict[str, Any]], Manifests]) -> Callable[[dict[str, Any]], Manifests]:
    """Gives the containers of all pods."""

    def contained(values: dict[str, Any]) -> Manifests:
        manifests = [each for each in rendered(values) if each["kind"] in ("Deployment", "Job")]
        return [
            container for each in manifests for container in each["spec"]["template"]["spec"]["containers"]
        ]

    return contained
