"""Telling systemd how the process is, where it asks: the protocol of sd_notify(3).

``$NOTIFY_SOCKET`` names a datagram socket; without it nothing is told. ``$WATCHDOG_USEC`` says how long the
process may be silent before it is killed and started again; the event loop itself gives the sign of life, so
that a loop which is stuck is found.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Mapping

import structlog

log = structlog.get_logger(__name__)

SIGNS_A_PERIOD = 3
"""So many signs of life in the time after which one would be missed."""


class ServiceManager:
    """The service manager that started this process, if one did.

    Arguments:
        environ: The environment variables; those of the process where omitted.
    """

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        given = os.environ if environ is None else environ
        self._address = given.get("NOTIFY_SOCKET", "")
        self._period = _watchdog_seconds(given)

    def ready(self) -> None:
        """What was to be started is started."""
        self._tell("READY=1")

    def stopping(self, reason: str) -> None:
        """The end has begun."""
        self._tell(f"STOPPING=1\nSTATUS={reason}")

    def status(self, sentence: str) -> None:
        """What the process does, in a sentence for ``systemctl status``."""
        self._tell(f"STATUS={sentence}")

    async def show_life(self) -> None:
        """Give signs of life until cancelled; ends at once where none are asked for."""
        while self._address and self._period:
            self._tell("WATCHDOG=1")
            await asyncio.sleep(self._period / SIGNS_A_PERIOD)

    def _tell(self, message: str) -> None:
        if not self._address:
            return
        address = f"\0{self._address[1:]}" if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
                channel.setblocking(False)
                channel.sendto(message.encode(), address)
        except OSError as error:
            log.warning("the service manager was not told", message=message, error=str(error))


def _watchdog_seconds(environ: Mapping[str, str]) -> float:
    """Seconds of silence after which the process is killed; 0 where nobody watches this process."""
    if environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return 0
    text = environ.get("WATCHDOG_USEC", "")
    return int(text) / 1e6 if text.isdecimal() else 0
