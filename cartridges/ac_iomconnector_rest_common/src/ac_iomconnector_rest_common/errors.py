"""What can go wrong with a request to IOM, sorted by what the caller may do next."""
# ruff: noqa: N818

from typing import ClassVar

from ac_iomconnector_common.errors import IomError
from ac_iomconnector_rest_common.error_report import ReportedError


class IomJsonError(IomError):
    """A document cannot be written as JSON without loss, or bytes are not the JSON they should be."""

    code = "iom.json"


class IomInvalidRequest(IomError):
    """The request cannot be built from what the caller gave; nothing was sent. Permanent."""

    code = "iom.request.invalid"


class IomNotOffered(IomError):
    """The configured version of the API lacks the operation or filter; nothing was sent. Permanent."""

    code = "iom.request.not_offered"


class IomRestError(IomError):
    """Base of every failed request.

    Arguments:
        message: What is wrong.
        hint: What to check.
        method: The method of the request.
        path: The path of the request, as sent.
        message_id: The id of the attempt in the message log.
        status: The status of the answer; none where no answer came.
        errors: IOM's own codes and messages, in its order.
        retry_after: Seconds that the answer asks to wait; none where it does not.
        service: The id of the service configuration.
        channel: The channel.
        order_number: The order it was about; none where it was about no single one.
    """

    code = "iom.request.failed"
    transient: ClassVar[bool] = False
    """Whether the same request may succeed later without anybody changing anything."""

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        method: str,
        path: str,
        message_id: str,
        status: int | None = None,
        errors: tuple[ReportedError, ...] = (),
        retry_after: float | None = None,
        service: str | None = None,
        channel: str | None = None,
        order_number: str | None = None,
    ) -> None:
        super().__init__(
            message,
            hint=hint,
            order_number=order_number,
            channel=channel,
            service=service,
            message_id=message_id,
            status=status,
            method=method,
            path=path,
        )
        self.method = method
        self.path = path
        self.message_id = message_id
        self.status = status
        self.errors = errors
        self.retry_after = retry_after

    @property
    def their_code(self) -> str:
        """IOM's first own code; empty where it gave none."""
        return next((error.code for error in self.errors if error.code), "")


class IomUnreachable(IomRestError):
    """Surely nothing was sent: no such host, refused, TLS failed, no connection in time."""

    code = "iom.unreachable"
    transient = True


class IomOutcomeUnclear(IomRestError):
    """The request was sent or may have been, and no usable answer says what became of it.

    A reset, a time-out, an answer that breaks off, a server error, an answer that is not what it should be.
    What the request was to change may have been changed.
    """

    code = "iom.outcome_unclear"
    transient = True


class IomAnswerTooLarge(IomOutcomeUnclear):
    """The answer is larger than the client takes. It would be the same again."""

    code = "iom.answer.too_large"
    transient = False


class IomThrottled(IomRestError):
    """IOM asks to come back later, and surely did nothing."""

    code = "iom.throttled"
    transient = True


class IomBadRequest(IomRestError):
    """400: IOM refuses the request as it is; ``errors`` says why."""

    code = "iom.bad_request"


class IomUnauthorized(IomRestError):
    """401: IOM does not know the user, or the password, token or secret is wrong."""

    code = "iom.unauthorized"


class IomForbidden(IomRestError):
    """403: the user lacks the right for this operation in this shop."""

    code = "iom.forbidden"


class IomNotFound(IomRestError):
    """404: what was asked for does not exist, or the address of IOM is wrong."""

    code = "iom.not_found"


class IomUnexpectedAnswer(IomRestError):
    """Any other answer that the request does not expect."""

    code = "iom.unexpected_answer"
