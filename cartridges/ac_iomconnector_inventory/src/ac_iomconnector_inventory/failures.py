"""What a failed request to IOM means for who asks about stock or wants pieces held."""

from typing import Final

from ac_iomconnector_rest_common.errors import (
    IomForbidden,
    IomNotFound,
    IomOutcomeUnclear,
    IomRestError,
    IomUnauthorized,
)
from iomconnector.errors import ConnectorError
from iomconnector.ports.inventory_service import InventoryUnavailableError, ReservationUnclearError

_CHECK: Final[dict[type[ConnectorError], str]] = {
    IomUnauthorized: "Check user and password of the service.",
    IomForbidden: "Give the user in IOM the rights 'ATP REST service' (123) and 'Reservation REST service' "
    "(124) for this shop.",
    IomNotFound: "Check base_url and shop_id of the service: IOM does not know this address.",
}


def inventory_failure(error: ConnectorError) -> InventoryUnavailableError:
    """The error of the port for an error of the client; nothing was changed."""
    return _as(InventoryUnavailableError, error)


def reservation_failure(error: ConnectorError) -> InventoryUnavailableError:
    """The same for a request that changes something: where its outcome is unclear, so is the error."""
    unclear = isinstance(error, IomOutcomeUnclear)
    return _as(ReservationUnclearError if unclear else InventoryUnavailableError, error)


def _as(kind: type[InventoryUnavailableError], error: ConnectorError) -> InventoryUnavailableError:
    of_rest = error if isinstance(error, IomRestError) else None
    return kind(
        error.message,
        hint=_CHECK.get(type(error), error.hint),
        retry_after=of_rest.retry_after if of_rest else None,
        message_id=of_rest.message_id if of_rest else None,
    )
