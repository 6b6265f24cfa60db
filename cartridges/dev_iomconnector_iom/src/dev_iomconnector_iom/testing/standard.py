"""The stand-in that most tests want."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pydantic import SecretStr

from dev_iomconnector_iom.config import ClockConfig, ClockMode, StandInConfig
from dev_iomconnector_iom.server import RunningStandIn, run_in_thread

CONTROL_TOKEN = SecretStr("control-token-of-tests")


@contextmanager
def manual_stand_in(**changes: Any) -> Iterator[RunningStandIn]:
    """A stand-in in a thread, with the control interface on and a clock that waits for steps.

    Arguments:
        changes: Fields of StandInConfig.
    """
    settings: dict[str, Any] = {"control_token": CONTROL_TOKEN, "clock": ClockConfig(mode=ClockMode.MANUAL)}
    with run_in_thread(StandInConfig(**(settings | changes))) as running:
        yield running
