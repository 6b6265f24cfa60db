"""The exporter as a process of its own, so that it can be killed in the middle."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process

from iomconnector.cli.invocation import Invocation

ENVIRONMENT = {
    "IOMC_EXPORT_LEASE": "3",
    "IOMC_EXPORT_RETRY_BASE": "0.3",
    "IOMC_EXPORT_RETRY_LIMIT": "3",
}


async def start_exporter(invocation: Invocation, *, wait: float) -> Process:
    """Start ``iomconnector order export`` on the data of this demonstration.

    Arguments:
        invocation: Assembly and environment to run on.
        wait: Seconds for which it goes on with orders that must be tried again.
    """
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "iomconnector",
        "--assembly",
        invocation.assembly,
        "--environment",
        invocation.environment,
        "order",
        "export",
        "--wait",
        str(wait),
        "--format",
        "json",
        env={**os.environ, **ENVIRONMENT},
        stdout=DEVNULL,
        stderr=PIPE,
    )


async def kill(process: Process) -> None:
    """Kill a process as ``kill -9`` does."""
    process.send_signal(signal.SIGKILL)
    await process.communicate()
