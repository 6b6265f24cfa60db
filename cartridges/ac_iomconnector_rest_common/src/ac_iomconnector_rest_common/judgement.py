"""What an answer means for the caller.

The outcome of a request that changes something counts as unclear in every case of doubt: for any 5xx, 503
with ``Retry-After`` included, since a proxy may send it for an IOM that is still working on the request; for
408; for a success that looks different from what IOM documents. Only 429 and the other 4xx say that nothing
was done. [iom-api 0, error body; 6, no. 24]
"""

from datetime import datetime
from typing import Final

from ac_iomconnector_common.connection import Authentication, ConnectionSettings
from ac_iomconnector_rest_common.answer import Answer
from ac_iomconnector_rest_common.attempt import Attempt, Call, RawAnswer
from ac_iomconnector_rest_common.error_report import LONGEST_REPORT, ErrorReport, parse_error_report
from ac_iomconnector_rest_common.errors import (
    IomBadRequest,
    IomForbidden,
    IomJsonError,
    IomNotFound,
    IomOutcomeUnclear,
    IomRestError,
    IomThrottled,
    IomUnauthorized,
    IomUnexpectedAnswer,
)
from ac_iomconnector_rest_common.json_numbers import decode
from ac_iomconnector_rest_common.masking import SecretMask
from ac_iomconnector_rest_common.retry_after import parse_retry_after

_BY_STATUS: Final[dict[int, type[IomRestError]]] = {
    400: IomBadRequest,
    401: IomUnauthorized,
    403: IomForbidden,
    404: IomNotFound,
    408: IomOutcomeUnclear,
    429: IomThrottled,
}
_CHECK_BY_AUTHENTICATION: Final = {
    Authentication.BASIC: "user and password",
    Authentication.BEARER_TOKEN: "the token, which may have run out,",
    Authentication.JWT: "user, jwt_secret and the clock",
}


class Judge:
    """Tells good answers from bad ones, and what kind of bad.

    Arguments:
        settings: The connection, for the texts.
        mask: Keeps secrets that an answer repeats out of errors.
    """

    def __init__(self, settings: ConnectionSettings, mask: SecretMask) -> None:
        self._settings = settings
        self._mask = mask

    def verdict(self, attempt: Attempt, answer: RawAnswer, now: datetime) -> Answer | IomRestError:
        """The answer where its status is accepted and its body is JSON or empty, otherwise the error.

        Arguments:
            attempt: What was asked.
            answer: What came back.
            now: The present, for a ``Retry-After`` that names a date.
        """
        if answer.status not in attempt.call.accept:
            return self._refusal(attempt, answer, now)
        document = None
        if answer.body:
            if answer.content_type and not _is_json(answer.content_type):
                return self._unusable(attempt, answer, f"with {answer.content_type} where JSON is due")
            try:
                document = decode(answer.body)
            except IomJsonError as error:
                return self._unusable(attempt, answer, f"with broken JSON: {error.message}")
        return Answer(answer.status, answer.headers, answer.body, attempt.message_id, attempt.url, document)

    def _refusal(self, attempt: Attempt, answer: RawAnswer, now: datetime) -> IomRestError:
        kind = _kind(answer.status, reads_only=attempt.call.reads_only)
        report = self._report(answer)
        said = str(report).rstrip(".")
        return attempt.failed(
            kind,
            f"IOM answered {answer.status_line} to {attempt.call}" + (f": {said}." if said else "."),
            hint=self._hint(kind, attempt.call, answer),
            status=answer.status,
            errors=report.errors,
            retry_after=parse_retry_after(answer.headers.get("retry-after"), now),
        )

    def _report(self, answer: RawAnswer) -> ErrorReport:
        """What the answer says, masked before anything is cut or decoded, and once more after that."""
        body = answer.body[:LONGEST_REPORT].decode("utf-8", errors="replace")
        return parse_error_report(self._mask.text(body).encode()).masked(self._mask.text)

    def _unusable(self, attempt: Attempt, answer: RawAnswer, what: str) -> IomRestError:
        return attempt.failed(
            IomOutcomeUnclear,
            self._mask.text(f"IOM answered {answer.status_line} to {attempt.call} {what.rstrip('.')}."),
            hint=f"Check that base_url ({self._settings.base_url}) is IOM and no login page or proxy.",
            status=answer.status,
        )

    def _hint(self, kind: type[IomRestError], call: Call, answer: RawAnswer) -> str:
        settings = self._settings
        if kind is IomUnauthorized:
            what = _CHECK_BY_AUTHENTICATION[settings.authentication]
            return f"Check {what} of the service {call.service}."
        if kind is IomForbidden:
            return (
                f"Check that the user {settings.user or 'of the token'} has the right for this operation "
                f"in the shop with the id {settings.shop_id}."
            )
        if kind is IomNotFound:
            return "Check number and shop; where every request ends so, check base_url and the API version."
        if kind is IomBadRequest:
            return "Correct what IOM objects to; the same request is refused again."
        if kind is IomThrottled:
            return "Nothing was done; the request may be repeated later."
        if kind is IomOutcomeUnclear and not call.reads_only:
            return "It may have been done all the same: look it up before sending it again."
        if kind is IomOutcomeUnclear:
            return "Repeat it later; where it stays so, see IOM's log."
        if 300 <= answer.status < 400:
            return f"Redirects are not followed: base_url ({settings.base_url}) must be IOM itself."
        return f"Check that base_url ({settings.base_url}) is IOM, and which version of the API it speaks."


def _kind(status: int, *, reads_only: bool) -> type[IomRestError]:
    if status == 503 and reads_only:
        return IomThrottled
    if status >= 500 or (status < 300 and not reads_only):
        return IomOutcomeUnclear
    return _BY_STATUS.get(status, IomUnexpectedAnswer)


def _is_json(content_type: str) -> bool:
    return content_type == "application/json" or content_type.endswith("+json")
