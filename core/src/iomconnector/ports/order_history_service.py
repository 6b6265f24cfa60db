"""Asking the order management system what became of orders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

from iomconnector.errors import ConnectorError
from iomconnector.model.endpoints import Endpoint
from iomconnector.model.order_states import OrderState
from iomconnector.model.order_status import StatusName


class HistoryUnavailableError(ConnectorError):
    """The order management system could not answer now.

    Arguments:
        retry_after: Seconds that it asked to wait; none where it did not.
    """

    code = "history.unavailable"
    exit_code = 4

    def __init__(
        self, message: str, *, retry_after: float | None = None, hint: str = "", **ids: object
    ) -> None:
        super().__init__(message, hint=hint, **ids)
        self.retry_after = retry_after


class HistoryNotOfferedError(ConnectorError):
    """The order management system at the other end has no such question; the text says since when."""

    code = "history.not_offered"


@dataclass(frozen=True, slots=True)
class HistoryRules:
    """What the configuration of the service says about reading.

    Arguments:
        keep_states: For how long an answer about orders is used again.
        keep_documents: For how long an answer about the documents of an order is used again.
        budget: Longer than this no page waits for the order management system.
        local_texts: Texts for the shop's own statuses, code -> language -> text; they replace the default.
    """

    keep_states: timedelta = timedelta(seconds=5)
    keep_documents: timedelta = timedelta(seconds=60)
    budget: timedelta = timedelta(seconds=2)
    local_texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


class StateOrder(StrEnum):
    """What found states are sorted by."""

    CREATED = "created"
    NUMBER = "number"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class StateQuery:
    """What states to find. Values of one condition are alternatives, conditions narrow each other.

    Arguments:
        numbers: Numbers of orders.
        customers: Numbers of customers.
        skus: Products in the orders.
        statuses: Codes of statuses, as the order management system names them.
        emails: Addresses anywhere in the orders.
        created_from: The first day of creation.
        created_to: The last day of creation.
        order: What to sort by.
        newest_first: Greatest first.
        offset: How many to skip.
        limit: How many to give, at least 1.
    """

    numbers: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()
    skus: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    created_from: date | None = None
    created_to: date | None = None
    order: StateOrder = StateOrder.CREATED
    newest_first: bool = True
    offset: int = 0
    limit: int = 25


@dataclass(frozen=True, slots=True)
class StatePage:
    """Some of the states that were found.

    Arguments:
        states: The states of the page.
        total: How many there are on all pages.
    """

    states: tuple[OrderState, ...]
    total: int


@dataclass(frozen=True, slots=True)
class StateChanges:
    """States that are new or changed, the oldest change first.

    Arguments:
        states: The states; one may come again that came before.
        mark: What to give to ``changes`` to go on; text for the adapter alone, of at most 200 characters.
        more: Whether there are more at once.
    """

    states: tuple[OrderState, ...]
    mark: str
    more: bool


class OrderHistoryService(Protocol):
    """Tells what became of orders. It changes nothing; any number of callers may ask at once."""

    @property
    def endpoint(self) -> Endpoint:
        """What the requests go to, and how much it bears; services with the same endpoint share it."""
        ...

    @property
    def rules(self) -> HistoryRules:
        """What the configuration says about reading."""
        ...

    @property
    def statuses(self) -> Sequence[StatusName]:
        """Every status of orders that the configuration explains, in the order of an order's life, for
        filters and legends. Others may come."""
        ...

    async def states(self, numbers: Sequence[str]) -> Sequence[OrderState]:
        """The states of the orders that have one of these numbers; those that are not there are left out.

        One question is asked for a page of orders, more only where their numbers are too long for it.

        Raises:
            HistoryUnavailableError: The system could not answer.
        """
        ...

    async def search(self, query: StateQuery) -> StatePage:
        """Find states, also of orders that the shop does not know.

        Raises:
            HistoryNotOfferedError: A condition is not possible with the version at the other end.
            HistoryUnavailableError: The system could not answer.
        """
        ...

    async def changes(self, mark: str | None, *, limit: int = 1000) -> StateChanges:
        """States that changed since ``mark``; from now on where it is none.

        Raises:
            HistoryNotOfferedError: The system has no change feed.
            HistoryUnavailableError: The system could not answer.
        """
        ...

    async def aclose(self) -> None:
        """Give connections back."""
        ...
