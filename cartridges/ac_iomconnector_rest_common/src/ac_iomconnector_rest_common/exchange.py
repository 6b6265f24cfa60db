"""One request over the wire and its complete answer, or the reason why there is none."""

import asyncio
from collections.abc import Mapping
from typing import Final

from ac_iomconnector_common.connection import ConnectionSettings
from ac_iomconnector_rest_common.attempt import Attempt, Call, RawAnswer
from ac_iomconnector_rest_common.connection_failures import (
    BROKEN_EXCHANGE,
    nothing_was_sent,
    reason,
    what_to_check,
)
from ac_iomconnector_rest_common.error_report import shortened
from ac_iomconnector_rest_common.errors import (
    IomAnswerTooLarge,
    IomOutcomeUnclear,
    IomRestError,
    IomUnreachable,
)
from ac_iomconnector_rest_common.masking import SecretMask
from ac_iomconnector_rest_common.upload import Upload
from ac_iomconnector_rest_common.wire import Reply, Wire

LARGEST_ANSWER: Final = 50_000_000
"""Bytes of a decompressed answer that the client takes; ten thousand order states stay well below."""

_ASK_FIRST: Final = "It may have been done: look it up before sending it again."
_REPEAT: Final = "Nothing was changed; it may be repeated."
_CLOSING_SECONDS: Final = 1.0


class Exchange:
    """Sends requests over a wire, within the time-outs of the connection.

    However slowly the bytes drip, an attempt ends when all the time-outs together have passed.
    """

    def __init__(self, settings: ConnectionSettings, wire: Wire, mask: SecretMask) -> None:
        self._settings = settings
        self._wire = wire
        self._mask = mask

    async def run(self, attempt: Attempt, url: str, headers: Mapping[str, str]) -> RawAnswer | IomRestError:
        """Send once, and read the whole answer.

        The error is returned, not raised, so that no traceback carries the request with its credentials.
        """
        call = attempt.call
        reply: Reply | None = None
        try:
            async with asyncio.timeout(self._first_limit(call)) as deadline:
                upload = self._upload(call, deadline)
                reply = await self._wire.send(call.method, url, headers, upload)
                return await self._complete(attempt, reply)
        except BROKEN_EXCHANGE as error:
            return self._failure(attempt, error, reply)
        finally:
            if reply is not None:
                await give_back(reply)

    async def open(self, attempt: Attempt, url: str, headers: Mapping[str, str]) -> Reply | IomRestError:
        """Send once a request without body, and wait for the headers of its answer; the caller gives the
        connection back with :func:`give_back`.

        The error is returned, not raised, so that no traceback carries the request with its credentials.
        """
        try:
            async with asyncio.timeout(self._first_limit(attempt.call)):
                return await self._wire.send(attempt.call.method, url, headers, None)
        except BROKEN_EXCHANGE as error:
            return self._failure(attempt, error, None)

    async def read(self, attempt: Attempt, reply: Reply) -> RawAnswer | IomRestError:
        """The whole of an answer whose headers are here."""
        try:
            async with asyncio.timeout(self._settings.read_timeout):
                return await self._complete(attempt, reply)
        except BROKEN_EXCHANGE as error:
            return self._failure(attempt, error, reply)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._wire.aclose()

    def _first_limit(self, call: Call) -> float:
        settings = self._settings
        until_connected = settings.pool_timeout + settings.connect_timeout
        return until_connected + (settings.read_timeout if call.body is None else 0.0)

    def _upload(self, call: Call, deadline: asyncio.Timeout) -> Upload | None:
        if call.body is None:
            return None
        settings = self._settings
        return Upload(
            call.body, deadline, write_timeout=settings.write_timeout, read_timeout=settings.read_timeout
        )

    async def _complete(self, attempt: Attempt, reply: Reply) -> RawAnswer | IomRestError:
        body = bytearray()
        async for piece in reply.pieces():
            body += piece
            if len(body) > LARGEST_ANSWER:
                return attempt.failed(
                    IomAnswerTooLarge,
                    f"The answer to {attempt.call} is larger than {LARGEST_ANSWER} bytes.",
                    hint="Ask for less at once." if attempt.call.reads_only else _ASK_FIRST,
                    status=reply.status,
                )
        return RawAnswer(reply.status, reply.headers, bytes(body))

    def _failure(self, attempt: Attempt, error: Exception, reply: Reply | None) -> IomRestError:
        what = shortened(self._mask.text(reason(error))).rstrip(".")
        if nothing_was_sent(error):
            return attempt.failed(
                IomUnreachable,
                f"IOM cannot be reached for {attempt.call}, nothing was sent: {what}.",
                hint=what_to_check(error, self._settings),
            )
        return attempt.failed(
            IomOutcomeUnclear,
            f"No complete answer to {attempt.call}: {what}.",
            hint=_REPEAT if attempt.call.reads_only else _ASK_FIRST,
            status=reply.status if reply is not None else None,
        )


async def give_back(reply: Reply) -> None:
    """Return the connection to the pool; one that is still busy with an unwanted upload is cut off."""
    try:
        async with asyncio.timeout(_CLOSING_SECONDS):
            await reply.give_back()
    except BROKEN_EXCHANGE:
        return
