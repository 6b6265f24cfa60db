"""The signals that end a process."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

log = structlog.get_logger(__name__)


@contextmanager
def stopping_on_signals() -> Iterator[asyncio.Event]:
    """An event that is set by the first SIGTERM or SIGINT; the second one has its usual effect."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGTERM, signal.SIGINT)

    def release() -> None:
        for number in numbers:
            loop.remove_signal_handler(number)

    def stop_once() -> None:
        stop.set()
        release()
        log.info("stopping")

    for number in numbers:
        loop.add_signal_handler(number, stop_once)
    try:
        yield stop
    finally:
        release()
