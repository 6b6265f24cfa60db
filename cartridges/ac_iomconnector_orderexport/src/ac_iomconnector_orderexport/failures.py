"""What a failed request to IOM means for the export of an order."""

from typing import Final

from ac_iomconnector_rest_common.errors import (
    IomBadRequest,
    IomForbidden,
    IomInvalidRequest,
    IomNotFound,
    IomRestError,
    IomThrottled,
    IomUnauthorized,
    IomUnexpectedAnswer,
    IomUnreachable,
)
from iomconnector.errors import ConnectorError
from iomconnector.ports.order_export_service import (
    ExportUnavailableError,
    OrderExportError,
    OrderRefusedError,
    OutcomeUnclearError,
)

_WRONG_ADDRESS: Final = frozenset({405, 406, 415})
_CHECK: Final[dict[type[ConnectorError], str]] = {
    IomUnauthorized: "Check user, password or token of the service.",
    IomForbidden: "Give the user in IOM the rights 'Create order', 'View order' and "
    "'Order status web service' for this shop.",
    IomNotFound: "Check base_url and shop_id of the service: IOM does not know this address.",
    IomUnexpectedAnswer: "Check base_url of the service: what answers there is not IOM's Order API 2.x.",
}


def sending_failure(error: ConnectorError, order: str) -> OrderExportError:
    """The meaning of an error that came up while an order was sent.

    Whatever is not known to have left IOM untouched counts as unclear.
    """
    if isinstance(error, IomBadRequest):
        return OrderRefusedError(
            f"IOM refused order {order}: {_words(error)}.",
            their_code=error.their_code,
            hint="Correct the order or the configuration of IOM, then export again.",
            **_ids(error, order),
        )
    if isinstance(error, IomInvalidRequest | IomUnreachable | IomThrottled) or _concerns_all(error):
        return reading_failure(error, order)
    return OutcomeUnclearError(
        f"It is not known whether IOM stored order {order}: {error.message}",
        retry_after=error.retry_after if isinstance(error, IomRestError) else None,
        hint="IOM is asked for the order before it is sent again.",
        **_ids(error, order),
    )


def reading_failure(error: ConnectorError, order: str | None) -> ExportUnavailableError:
    """The meaning of an error that came up before an order was sent, while it was looked up, or while IOM was
    asked about many orders.

    An IOM that cannot be reached or is overloaded concerns every order, so that none is parked because of it.
    """
    concerns_all = _concerns_all(error)
    return ExportUnavailableError(
        error.message,
        hint=_CHECK.get(type(error), error.hint) if concerns_all else error.hint,
        retry_after=error.retry_after if isinstance(error, IomRestError) else None,
        whole_service=concerns_all or isinstance(error, IomUnreachable | IomThrottled),
        **_ids(error, order),
    )


def _concerns_all(error: ConnectorError) -> bool:
    if isinstance(error, IomUnexpectedAnswer):
        return error.status in _WRONG_ADDRESS or (error.status is not None and 300 <= error.status < 400)
    return isinstance(error, IomUnauthorized | IomForbidden | IomNotFound)


def _words(error: IomBadRequest) -> str:
    words = "; ".join(str(reported) for reported in error.errors)
    return (words or error.message).rstrip(".")


def _ids(error: ConnectorError, order: str | None) -> dict[str, object]:
    message_id = error.message_id if isinstance(error, IomRestError) else None
    return {"order": order, "message_id": message_id}
