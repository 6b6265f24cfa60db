"""Handing orders to the order management system."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from iomconnector.errors import ConnectorError
from iomconnector.model.endpoints import Endpoint
from iomconnector.model.exports import PlacedOrder


@dataclass(frozen=True, slots=True)
class Receipt:
    """The order management system has the order.

    Arguments:
        reference: Where it stands there: a path, URL or id.
    """

    reference: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One place in which two copies of an order differ.

    Arguments:
        path: The place in the document.
        ours: What the shop has.
        theirs: What the order management system has.
    """

    path: str
    ours: str
    theirs: str

    def __str__(self) -> str:
        return f"{self.path}: {self.ours} here, {self.theirs} there"


@dataclass(frozen=True, slots=True)
class FoundOrder:
    """An order of that number stands in the order management system.

    Arguments:
        reference: Where it stands there.
        differences: What differs from the shop's order; empty where it is the same order.
        superseded: It is this order as it was sent before its content was corrected. Then there are
            differences.
    """

    reference: str
    differences: tuple[Difference, ...] = ()
    superseded: bool = False


class OrderExportError(ConnectorError):
    """Base of what can go wrong with an export."""

    code = "export.failed"


class OrderNotExportableError(OrderExportError):
    """The order cannot be sent as it is: it breaks a rule of the receiver, or an extension failed.

    Permanent; nothing was sent. The text names order, field, value and limit of every breach.
    """

    code = "export.order.not_exportable"


class OrderRefusedError(OrderExportError):
    """The order management system refused the order, with its own code and words. Permanent.

    Arguments:
        code: The receiver's own error code.
    """

    code = "export.order.refused"

    def __init__(self, message: str, *, their_code: str = "", hint: str = "", **ids: object) -> None:
        super().__init__(message, hint=hint, **ids)
        self.their_code = their_code


class ExportUnavailableError(OrderExportError):
    """The order was surely not stored, and trying again later may help.

    Arguments:
        retry_after: Seconds that the receiver asked to wait; none where it did not.
        whole_service: Whether it concerns every order and not this one (credentials, rights, address, not
            reachable, overloaded); no order is parked because of it.
    """

    code = "export.unavailable"

    def __init__(
        self,
        message: str,
        *,
        retry_after: float | None = None,
        whole_service: bool = False,
        hint: str = "",
        **ids: object,
    ) -> None:
        super().__init__(message, hint=hint, **ids)
        self.retry_after = retry_after
        self.whole_service = whole_service


class OutcomeUnclearError(OrderExportError):
    """The order may or may not have been stored: a time-out, a reset, a server error, a broken answer.

    Arguments:
        retry_after: Seconds that the receiver asked to wait; none where it did not.
    """

    code = "export.outcome_unclear"

    def __init__(
        self, message: str, *, retry_after: float | None = None, hint: str = "", **ids: object
    ) -> None:
        super().__init__(message, hint=hint, **ids)
        self.retry_after = retry_after


class OrderExportService(Protocol):
    """Hands orders to the order management system, at most one of a number, and looks them up there."""

    @property
    def endpoint(self) -> Endpoint:
        """What the requests go to, and how much it bears; services with the same endpoint share it."""
        ...

    async def submit(self, placed: PlacedOrder) -> Receipt:
        """Send the order once.

        Raises:
            OrderNotExportableError: Nothing was sent; the order breaks a rule.
            OrderRefusedError: It was sent and refused, perhaps because one of its number exists.
            ExportUnavailableError: It was surely not stored; later may help.
            OutcomeUnclearError: It may have been stored: call ``find`` before sending again.
        """
        ...

    async def find(self, placed: PlacedOrder) -> FoundOrder | None:
        """Look for an order of that number, and compare it with this one.

        What was sent before the order was corrected (``PlacedOrder.revision``) is not the same order.

        Returns:
            None where there is no order of that number.

        Raises:
            OrderNotExportableError: The order cannot be mapped, so that it cannot be compared.
            ExportUnavailableError: The question could not be answered now.
        """
        ...

    def preview(self, placed: PlacedOrder) -> Mapping[str, Any]:
        """The document that ``submit`` would send, without sending it.

        Raises:
            OrderNotExportableError: The order breaks a rule.
        """
        ...

    def notes(self, placed: PlacedOrder) -> Sequence[str]:
        """The losses that the configuration permits and this order suffers, one sentence each."""
        ...

    async def aclose(self) -> None:
        """Give connections back."""
        ...
