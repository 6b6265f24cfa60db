"""A file on its way from IOM, never wholly in memory."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Final

from ac_iomconnector_rest_common.attempt import Attempt
from ac_iomconnector_rest_common.connection_failures import BROKEN_EXCHANGE
from ac_iomconnector_rest_common.errors import IomAnswerTooLarge, IomOutcomeUnclear
from ac_iomconnector_rest_common.wire import Reply

_AGAIN: Final = "Nothing was changed; it may be repeated."


@dataclass(frozen=True, slots=True)
class Download:
    """A file whose headers are here.

    Arguments:
        attempt: What was asked.
        reply: The answer.
        most: So many bytes it may have.
    """

    attempt: Attempt = field(repr=False)
    reply: Reply = field(repr=False)
    most: int

    @property
    def content_type(self) -> str:
        """The media type without parameters, lower case; empty where none is given."""
        return self.reply.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def size(self) -> int | None:
        """Bytes to come; none where the answer does not say it, or is compressed."""
        length = self.reply.headers.get("content-length", "")
        if self.reply.headers.get("content-encoding") or not (length.isascii() and length.isdecimal()):
            return None
        return int(length)

    async def pieces(self) -> AsyncIterator[bytes]:
        """The file piece by piece.

        Raises:
            IomAnswerTooLarge: It has more bytes than it may have.
            IomOutcomeUnclear: It breaks off.
        """
        got = 0
        try:
            async for piece in self.reply.pieces():
                got += len(piece)
                if got > self.most:
                    raise self._failed(IomAnswerTooLarge, f"is larger than {self.most} bytes")
                yield piece
        except BROKEN_EXCHANGE as error:
            raise self._failed(IomOutcomeUnclear, f"breaks off after {got} bytes") from error
        if self.size is not None and got != self.size:
            raise self._failed(IomOutcomeUnclear, f"has {got} bytes where {self.size} were announced")

    def _failed(self, kind: type[IomOutcomeUnclear], what: str) -> Exception:
        message = f"The answer to {self.attempt.call} {what}."
        return self.attempt.failed(kind, message, hint=_AGAIN, status=self.reply.status)
