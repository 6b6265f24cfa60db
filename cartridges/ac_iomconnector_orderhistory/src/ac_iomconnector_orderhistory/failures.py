"""What a failed request to IOM means for who wants to know about orders."""

from typing import Final

from ac_iomconnector_rest_common.errors import (
    IomForbidden,
    IomNotFound,
    IomNotOffered,
    IomRestError,
    IomUnauthorized,
)
from iomconnector.errors import ConnectorError
from iomconnector.ports.order_history_service import HistoryNotOfferedError, HistoryUnavailableError

_CHECK: Final[dict[type[ConnectorError], str]] = {
    IomUnauthorized: "Check user, password or token of the service.",
    IomForbidden: "Give the user in IOM the right 'Order status web service' for this shop.",
    IomNotFound: "Check base_url and shop_id of the service: IOM does not know this address.",
}


def history_failure(
    error: ConnectorError, order: str | None = None
) -> HistoryUnavailableError | HistoryNotOfferedError:
    """The error of the port for an error of the client."""
    message_id = error.message_id if isinstance(error, IomRestError) else None
    if isinstance(error, IomNotOffered):
        return HistoryNotOfferedError(error.message, hint=error.hint, order=order)
    return HistoryUnavailableError(
        error.message,
        hint=_CHECK.get(type(error), error.hint),
        retry_after=error.retry_after if isinstance(error, IomRestError) else None,
        order=order,
        message_id=message_id,
    )
