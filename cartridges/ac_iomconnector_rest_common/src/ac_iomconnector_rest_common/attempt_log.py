"""Every attempt in the message log, secrets masked."""

import logging
from collections.abc import Mapping
from typing import Final

from ac_iomconnector_rest_common.attempt import Attempt, RawAnswer
from ac_iomconnector_rest_common.errors import IomRestError
from ac_iomconnector_rest_common.masking import SecretMask
from iomconnector.errors import StorageError
from iomconnector.ports.message_log import Message, MessageLog

LONGEST_LOGGED_BODY: Final = 1_000_000
"""Bytes of a body that the message log keeps; the rest is counted."""

_MARGIN: Final = 10_000
_logger = logging.getLogger(__name__)


class AttemptLog:
    """Records attempts, secrets masked."""

    def __init__(self, message_log: MessageLog, mask: SecretMask) -> None:
        self._message_log = message_log
        self._mask = mask

    async def record(
        self,
        attempt: Attempt,
        *,
        headers: Mapping[str, str],
        answer: RawAnswer | None,
        failure: IomRestError | None,
        duration_ms: float,
    ) -> None:
        """Keep an attempt.

        A log that cannot be written does not change what became of the request, so it is reported to the
        process log only: the order that IOM just took must not look as if it had failed.
        """
        call = attempt.call
        status = answer.status if answer else failure.status if failure else None
        message = Message(
            message_id=attempt.message_id,
            at=attempt.at,
            channel=call.channel,
            order_number=call.order_number,
            service=call.service,
            method=call.method,
            url=attempt.url,
            request_headers=self._mask.headers(headers),
            request_body=self._text(call.body or b""),
            status=status,
            response_headers=self._mask.headers(answer.headers) if answer else {},
            response_body=self._text(answer.body) if answer else "",
            error=_why_incomplete(attempt, answer, failure),
            duration_ms=duration_ms,
        )
        try:
            await self._message_log.record(message)
        except StorageError:
            _logger.exception("Message %s (%s) could not be kept.", message.message_id, call)

    def _text(self, body: bytes) -> str:
        kept = body[: LONGEST_LOGGED_BODY + _MARGIN].decode("utf-8", errors="replace")
        text = self._mask.text(kept).replace("\x00", "\ufffd")
        more = len(body) - LONGEST_LOGGED_BODY
        return text if more <= 0 else f"{text[:LONGEST_LOGGED_BODY]}… ({more} more bytes)"


def _why_incomplete(attempt: Attempt, answer: RawAnswer | None, failure: IomRestError | None) -> str:
    if answer is None:
        return failure.message if failure else "The attempt was given up before an answer came."
    return failure.message if failure and answer.status in attempt.call.accept else ""
