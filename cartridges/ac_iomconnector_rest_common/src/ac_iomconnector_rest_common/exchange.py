"""One request over the wire and its complete answer, or the reason why there is none."""

import asyncio
from collections.abc import Mapping
from typing import Final

import httpx

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

LARGEST_ANSWER: Final = 50_000_000
"""Bytes of a decompressed answer that the client takes; ten thousand order states stay well below."""

_ASK_FIRST: Final = "It may have been done: look it up before sending it again."
_REPEAT: Final = "Nothing was changed; it may be repeated."
_CLOSING_SECONDS: Final = 1.0


class Exchange:
    """Sends requests through a transport, within the time-outs of the connection.

    However slowly the bytes drip, an attempt ends when all the time-outs together have passed.
    """

    def __init__(
        self, settings: ConnectionSettings, transport: httpx.AsyncBaseTransport, mask: SecretMask
    ) -> None:
        self._settings = settings
        self._transport = transport
        self._mask = mask

    async def run(
        self, attempt: Attempt, url: httpx.URL, headers: Mapping[str, str]
    ) -> RawAnswer | IomRestError:
        """Send once, and read the whole answer.

        The error is returned, not raised, so that no traceback carries the request with its credentials.
        """
        response: httpx.Response | None = None
        try:
            async with asyncio.timeout(self._first_limit(attempt.call)) as deadline:
                request = self._request(attempt.call, url, headers, deadline)
                response = await self._transport.handle_async_request(request)
                return await self._complete(attempt, response)
        except BROKEN_EXCHANGE as error:
            return self._failure(attempt, error, response)
        finally:
            if response is not None:
                await _give_back(response)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._transport.aclose()

    def _first_limit(self, call: Call) -> float:
        settings = self._settings
        until_connected = settings.pool_timeout + settings.connect_timeout
        return until_connected + (settings.read_timeout if call.body is None else 0.0)

    def _request(
        self, call: Call, url: httpx.URL, headers: Mapping[str, str], deadline: asyncio.Timeout
    ) -> httpx.Request:
        settings = self._settings
        timeouts = {
            "connect": settings.connect_timeout,
            "read": settings.read_timeout,
            "write": settings.write_timeout,
            "pool": settings.pool_timeout,
        }
        upload = None
        if call.body is not None:
            upload = Upload(
                call.body, deadline, write_timeout=settings.write_timeout, read_timeout=settings.read_timeout
            )
        return httpx.Request(
            call.method, url, headers=headers, content=upload, extensions={"timeout": timeouts}
        )

    async def _complete(self, attempt: Attempt, response: httpx.Response) -> RawAnswer | IomRestError:
        body = bytearray()
        async for piece in response.aiter_bytes():
            body += piece
            if len(body) > LARGEST_ANSWER:
                return attempt.failed(
                    IomAnswerTooLarge,
                    f"The answer to {attempt.call} is larger than {LARGEST_ANSWER} bytes.",
                    hint="Ask for less at once." if attempt.call.reads_only else _ASK_FIRST,
                    status=response.status_code,
                )
        return RawAnswer(response.status_code, response.headers, bytes(body))

    def _failure(self, attempt: Attempt, error: Exception, response: httpx.Response | None) -> IomRestError:
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
            status=response.status_code if response is not None else None,
        )


async def _give_back(response: httpx.Response) -> None:
    """Return the connection to the pool; one that is still busy with an unwanted upload is cut off."""
    try:
        async with asyncio.timeout(_CLOSING_SECONDS):
            await response.aclose()
    except BROKEN_EXCHANGE:
        return
