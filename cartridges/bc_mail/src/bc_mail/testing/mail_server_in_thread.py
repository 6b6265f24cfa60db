"""A mail server for tests without an event loop of their own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import monotonic, sleep

from bc_mail.testing.mail_server import MailServer
from iomconnector.testing.contracts.mail_far_side import ReceivedMail

PATIENCE_SECONDS = 60.0


class MailServerInThread:
    """A mail server and the event loop in which it runs.

    Arguments:
        server: The server.
        loop: Its event loop.
    """

    def __init__(self, server: MailServer, loop: asyncio.AbstractEventLoop) -> None:
        self._server = server
        self._loop = loop

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._server.port

    def become(self, mood: str) -> None:
        """Call the method of the mail server that has this name."""
        asyncio.run_coroutine_threadsafe(getattr(self._server, mood)(), self._loop).result()

    def received(self) -> Sequence[ReceivedMail]:
        """Every mail that was taken."""
        return asyncio.run_coroutine_threadsafe(self._server.received(), self._loop).result()

    def wait_for(self, wanted: Callable[[ReceivedMail], bool]) -> ReceivedMail:
        """The first mail that is the wanted one, as soon as it is there."""
        end = monotonic() + PATIENCE_SECONDS
        while monotonic() < end:
            for mail in self.received():
                if wanted(mail):
                    return mail
            sleep(0.05)
        raise AssertionError(f"no such mail within {PATIENCE_SECONDS} s: {self.received()}")


@contextmanager
def mail_server_in_thread() -> Iterator[MailServerInThread]:
    """A mail server for the time of a block."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="mail server")
    thread.start()
    server = MailServer()
    try:
        asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result()
        yield MailServerInThread(server, loop)
        asyncio.run_coroutine_threadsafe(server.__aexit__(), loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
