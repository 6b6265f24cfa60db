"""The demonstration, smaller: real processes, real sockets, two kills, and both sides agree in the end."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _connector(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "iomconnector", *arguments],
        cwd=ROOT,
        env={**os.environ, "IOMC_DATA_DIRECTORY": str(directory)},
        capture_output=True,
        text=True,
        timeout=240,
    )


def test_orders_survive_faults_and_kills_and_both_sides_agree(tmp_path: Path) -> None:
    port = str(_free_port())
    done = _connector(tmp_path, "demo", "--orders", "60", "--seed", "3", "--iom-port", port)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "NO" not in done.stdout.split()
    parked = _orders(tmp_path, "parked")
    assert len(parked) == 7
    assert {order["reason_code"] for order in parked} >= {"export.conflict", "export.order.not_exportable"}
    assert any(order["attempts"] > 1 for order in _orders(tmp_path, "exported"))


def _orders(directory: Path, state: str) -> list[dict[str, Any]]:
    done = _connector(directory, "order", "list", "--state", state, "--limit", "200", "--format", "json")
    orders: list[dict[str, Any]] = json.loads(done.stdout)["orders"]
    return orders


def test_a_taken_port_is_said_in_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = _connector(tmp_path, "demo", "--orders", "20", "--iom-port", str(taken.getsockname()[1]))
    assert done.returncode == 4
    assert "Choose another port with --iom-port." in done.stderr
    assert "Traceback" not in done.stderr
