"""The REST client of every IOM service."""

import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final
from uuid import uuid4

import httpx

from ac_iomconnector_common.connection import ConnectionSettings
from ac_iomconnector_rest_common.aiohttp_wire import AiohttpWire
from ac_iomconnector_rest_common.answer import Answer
from ac_iomconnector_rest_common.attempt import Attempt, Call, RawAnswer
from ac_iomconnector_rest_common.attempt_log import AttemptLog
from ac_iomconnector_rest_common.authorization import Authorization
from ac_iomconnector_rest_common.download import Download
from ac_iomconnector_rest_common.errors import IomInvalidRequest, IomRestError
from ac_iomconnector_rest_common.exchange import Exchange, give_back
from ac_iomconnector_rest_common.httpx_wire import HttpxWire
from ac_iomconnector_rest_common.judgement import Judge
from ac_iomconnector_rest_common.masking import SecretMask
from ac_iomconnector_rest_common.resource_url import query_string, resource_path
from ac_iomconnector_rest_common.retries import read_retrying
from ac_iomconnector_rest_common.wire import Reply
from iomconnector.observability.outgoing import OutgoingRequest
from iomconnector.observability.telemetry import Telemetry
from iomconnector.ports.clock import Clock
from iomconnector.ports.message_log import MessageLog

_USER_AGENT: Final = "iomconnector"


class RestClient:
    """Talks to one REST interface of IOM, with one pool of connections.

    A reading request is repeated after failures that may pass. Any other request is sent exactly once a call:
    only the caller can find out whether it was done and may be sent again. Every attempt is in the message
    log. Many tasks of one event loop may use a client at once.

    Arguments:
        settings: Address, credentials, time-outs.
        base_path: The path of the interface, for example ``/rest/order-service``.
        media_type: What is sent and accepted, for example ``application/vnd.intershop.order.v2+json``.
        clock: Tells the time, for tokens and the message log.
        message_log: Keeps every attempt, secrets masked.
        service: The id of the service configuration, for messages and errors.
        channel: The channel it works for, for messages and errors.
        transport: Another way to send requests, closed with the client; aiohttp's pool where none is given.
        telemetry: Traces and measures each request.

    Raises:
        ConfigurationError: The file of certificate authorities cannot be read.
    """

    def __init__(
        self,
        settings: ConnectionSettings,
        *,
        base_path: str,
        media_type: str,
        clock: Clock,
        message_log: MessageLog,
        service: str,
        channel: str,
        transport: httpx.AsyncBaseTransport | None = None,
        telemetry: Telemetry | None = None,
    ) -> None:
        mask = SecretMask(settings)
        self._settings = settings
        self._base_path = base_path
        self._media_type = media_type
        self._clock = clock
        self._service = service
        self._channel = channel
        self._mask = mask
        self._authorization = Authorization(settings, clock)
        self._log = AttemptLog(message_log, mask)
        wire = HttpxWire(settings, transport) if transport else AiohttpWire(settings)
        self._exchange = Exchange(settings, wire, mask)
        self._judge = Judge(settings, mask)
        self._telemetry = telemetry or Telemetry()
        self._closed = False

    async def send(
        self,
        method: str,
        path_segments: Sequence[str],
        *,
        params: Sequence[tuple[str, str]] = (),
        body: bytes | None = None,
        order_number: str | None = None,
        accept: tuple[int, ...] = (200, 201),
        route: str = "",
    ) -> Answer:
        """Send a request and wait for its answer.

        Arguments:
            method: The HTTP method.
            path_segments: The path below ``base_path``, each part as it is, not encoded.
            params: The query; a key may come more than once.
            body: What to send, already in the media type; none for a request without body.
            order_number: The order it is about, for the message log and errors.
            accept: The statuses that mean success.
            route: The path below ``base_path`` with names in place of what differs from order to order, for
                traces and metrics: ``/shops/{shop}/orders/{number}``.

        Raises:
            IomInvalidRequest: The request cannot be built, or the client is closed.
            IomUnreachable: Surely nothing was sent.
            IomOutcomeUnclear: It was sent or may have been, and the outcome is not known.
            IomThrottled: 429, or 503 to a reading request; nothing was done.
            IomRestError: IOM refused it: its subclasses for 400, 401, 403, 404 and the rest.
        """
        if self._closed:
            raise IomInvalidRequest("The client is closed.", service=self._service, channel=self._channel)
        call = Call(
            method=method.upper(),
            path=resource_path(self._base_path, path_segments),
            params=tuple(params),
            body=body,
            accept=accept,
            service=self._service,
            channel=self._channel,
            order_number=order_number,
            route=f"{self._base_path}{route or '/...'}",
        )
        if call.reads_only:
            return await read_retrying(self._settings)(self._attempt, call)
        return await self._attempt(call)

    @asynccontextmanager
    async def download(
        self, path: str, query: str, *, accept: str, most: int, order_number: str | None, route: str
    ) -> AsyncIterator[Download]:
        """Fetch a file, once; it comes while the block lasts. Of the query nothing is logged: it may be what
        opens the file.

        Arguments:
            path: The path below the address of IOM, encoded.
            query: The query, encoded; may be empty.
            accept: What may come, as the header ``Accept`` says it.
            most: So many bytes the file may have.
            order_number: The order it is about.
            route: The path with names in place of what differs, for traces and metrics.

        Raises:
            IomRestError: As :meth:`send` does; also while the file is read.
        """
        if self._closed:
            raise IomInvalidRequest("The client is closed.", service=self._service, channel=self._channel)
        call = Call(
            method="GET",
            path=path,
            params=(),
            body=None,
            accept=(200,),
            service=self._service,
            channel=self._channel,
            order_number=order_number,
            route=route,
        )
        shown = f"{self._settings.base_url}{path}{'?***' if query else ''}"
        attempt = Attempt(call, str(uuid4()), self._clock.now(), shown)
        headers = {**self._headers(call), "Accept": accept, "Accept-Encoding": "identity"}
        with self._telemetry.calling(self._outgoing(attempt)) as under_way:
            url = f"{self._settings.base_url}{path}{'?' if query else ''}{query}"
            opened = await self._opened(attempt, url, {**headers, **under_way.headers})
            if isinstance(opened, IomRestError):
                under_way.failed(type(opened).__name__)
                raise opened
            under_way.answered(opened.status)
            try:
                yield Download(attempt, opened, most)
            finally:
                await give_back(opened)

    async def _opened(self, attempt: Attempt, url: str, headers: Mapping[str, str]) -> Reply | IomRestError:
        """The accepted answer with its body still to come; the exchange is recorded without the body."""
        started = time.perf_counter()
        outcome = await self._exchange.open(attempt, url, headers)
        answer: RawAnswer | None = None
        if not isinstance(outcome, IomRestError):
            answer = RawAnswer(outcome.status, outcome.headers, b"(The file is not kept.)")
            if outcome.status not in attempt.call.accept:
                body = await self._exchange.read(attempt, outcome)
                await give_back(outcome)
                answer = body if isinstance(body, RawAnswer) else None
                verdict = (
                    self._judge.verdict(attempt, body, self._clock.now())
                    if isinstance(body, RawAnswer)
                    else body
                )
                assert isinstance(verdict, IomRestError)
                outcome = verdict
        await self._log.record(
            attempt,
            headers=headers,
            answer=answer,
            failure=outcome if isinstance(outcome, IomRestError) else None,
            duration_ms=(time.perf_counter() - started) * 1000,
        )
        return outcome

    async def aclose(self) -> None:
        """Close every connection; a closed client sends nothing more."""
        self._closed = True
        await self._exchange.aclose()

    async def _attempt(self, call: Call) -> Answer:
        verdict = await self._verdict(call)
        if isinstance(verdict, IomRestError):
            raise verdict
        return verdict

    async def _verdict(self, call: Call) -> Answer | IomRestError:
        """Send once, seen by traces and metrics."""
        shown = self._url(call, self._mask.params(call.params))
        attempt = Attempt(call, str(uuid4()), self._clock.now(), shown)
        with self._telemetry.calling(self._outgoing(attempt)) as under_way:
            verdict = await self._recorded(attempt, {**self._headers(call), **under_way.headers})
            if verdict.status is not None:
                under_way.answered(verdict.status)
            if isinstance(verdict, IomRestError):
                under_way.failed(type(verdict).__name__)
        return verdict

    async def _recorded(self, attempt: Attempt, headers: Mapping[str, str]) -> Answer | IomRestError:
        """Send once and record it. The frame that holds the credentials raises nothing."""
        call = attempt.call
        received: RawAnswer | None = None
        verdict: Answer | IomRestError | None = None
        started = time.perf_counter()
        try:
            outcome = await self._exchange.run(attempt, self._url(call, call.params), headers)
            if isinstance(outcome, RawAnswer):
                received = outcome
                verdict = self._judge.verdict(attempt, received, self._clock.now())
            else:
                verdict = outcome
        finally:
            await self._log.record(
                attempt,
                headers=headers,
                answer=received,
                failure=verdict if isinstance(verdict, IomRestError) else None,
                duration_ms=(time.perf_counter() - started) * 1000,
            )
        return verdict

    def _outgoing(self, attempt: Attempt) -> OutgoingRequest:
        call = attempt.call
        return OutgoingRequest(
            service=self._service,
            channel=self._channel,
            method=call.method,
            route=call.route,
            address=self._settings.base_url,
            message_id=attempt.message_id,
            order_number=call.order_number,
        )

    def _url(self, call: Call, params: Sequence[tuple[str, str]]) -> str:
        query = query_string(params)
        return f"{self._settings.base_url}{call.path}{'?' if query else ''}{query}"

    def _headers(self, call: Call) -> dict[str, str]:
        headers = {
            "Authorization": self._authorization.header(),
            "Accept": self._media_type,
            "Accept-Encoding": "gzip, deflate",
            "User-Agent": _USER_AGENT,
        }
        if call.body is not None:
            headers |= {"Content-Type": self._media_type, "Content-Length": str(len(call.body))}
        return headers
