"""Waiting for a thing to be so, never for a time to pass."""

import time
from collections.abc import Callable

PATIENCE_SECONDS = 60.0
PAUSE = 0.02


class WaitedInVainError(AssertionError):
    """What was waited for did not come about."""


def until(
    condition: Callable[[], object], what: str, *, seconds: float = PATIENCE_SECONDS, pause: float = PAUSE
) -> None:
    """Wait until something is so.

    Arguments:
        condition: Tells whether it is.
        what: It, for the error.
        seconds: When to give up; far more than it ever takes.
        pause: Seconds between two looks.

    Raises:
        WaitedInVainError: It is not so in time.
    """
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() >= end:
            raise WaitedInVainError(f"Waited {seconds:g} s in vain until {what}.")
        time.sleep(pause)
