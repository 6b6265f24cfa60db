"""The exporter as a process of its own, so that it can be killed in the middle."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from iomconnector.cli.invocation import Invocation
from iomconnector.testing.faults.programs import Program

ENVIRONMENT = {
    "IOMC_EXPORT_LEASE": "3",
    "IOMC_EXPORT_RETRY_BASE": "0.3",
    "IOMC_EXPORT_RETRY_LIMIT": "3",
}


def exporter_process(invocation: Invocation, *, wait: float, logs: Path) -> Program:
    """``iomconnector order export`` on the data of this demonstration, not started yet.

    Arguments:
        invocation: Assembly and environment to run on.
        wait: Seconds for which it goes on with orders that must be tried again.
        logs: The directory for what it says.
    """
    command = [sys.executable, "-m", "iomconnector"]
    command += ["--assembly", invocation.assembly, "--environment", invocation.environment]
    command += ["order", "export", "--wait", str(wait), "--format", "json"]
    return Program("exporter", command, logs=logs, environment={**os.environ, **ENVIRONMENT})
