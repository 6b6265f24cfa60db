"""The orders of a customer: as the shop lists them, or as the order management system does."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, ClassVar

from iomconnector.application import Application
from iomconnector.model.customer_users import OrderOwner
from iomconnector.model.exports import ExportState
from iomconnector.model.local_order_status import export_states_of
from iomconnector.model.order_history import NotAsked, OrderView
from iomconnector.model.order_states import OrderState, StateSource, age_seconds
from iomconnector.model.values import ChannelId
from iomconnector.ports.customer_orders import CustomerOrderQuery
from iomconnector.ports.order_history_service import (
    HistoryUnavailableError,
    StateQuery,
)

SEARCH_SECONDS = 30.0
"""An operator's search may take longer than a page."""


@dataclass(frozen=True, slots=True)
class HistoryQuestion:
    """Which orders of which customer; values of one condition are alternatives."""

    customer: str
    numbers: tuple[str, ...] = ()
    skus: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    created_from: date | None = None
    created_to: date | None = None
    offset: int = 0
    limit: int = 25


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """An order of the list.

    Arguments:
        number: Its number.
        created_at: When the shop created it.
        status_code: The code of its status.
        status: What people read.
        total: What is to be paid.
        payment: How far it is paid; empty where nobody says it.
        source: Who says so.
        as_of: When that was so.
        reason: Why there is no answer of now, as :class:`~iomconnector.model.order_history.OrderView` has it;
            none where there is one, and where none is needed.
        in_shop: Whether the shop has the order.
    """

    HEADINGS: ClassVar = ("Order", "Created", "Status", "Total", "Paid")

    number: str
    created_at: datetime | None
    status_code: str
    status: str
    total: str
    payment: str
    source: StateSource
    as_of: datetime
    reason: NotAsked | None = None
    in_shop: bool = True

    def cells(self) -> Sequence[str]:
        """The cells of a table."""
        day = f"{self.created_at.astimezone(UTC):%F}" if self.created_at else ""
        return (self.number, day, self.status, self.total, self.payment)

    def facts(self, now: datetime) -> dict[str, Any]:
        """Everything, ready for JSON; the names are stable."""
        return {
            "number": self.number,
            "created_at": self.created_at.isoformat() if self.created_at else None,
            "status": {"code": self.status_code, "text": self.status},
            "total": self.total or None,
            "payment": self.payment or None,
            "source": self.source.value,
            "as_of": self.as_of.isoformat(),
            "age_seconds": age_seconds(self.as_of, now),
            "reason": self.reason,
            "in_shop": self.in_shop,
        }


@dataclass(frozen=True, slots=True)
class HistoryRows:
    """Some orders of a customer.

    Arguments:
        rows: The orders of the page.
        total: How many there are on all pages.
        now: When they were asked for.
        hint: What else may be asked, where nothing was found.
    """

    rows: Sequence[HistoryRow]
    total: int
    now: datetime
    hint: str = ""


async def from_shop(application: Application, channel: str, question: HistoryQuestion) -> HistoryRows:
    """The orders that the customer sees, as the customer sees them: one question for the page, answers that
    are kept for a while, and the last known state where nobody answers."""
    history = application.order_history
    statuses = await history.statuses(channel)
    query = CustomerOrderQuery(
        numbers=question.numbers,
        skus=question.skus,
        emails=question.emails,
        created_from=question.created_from,
        created_to=question.created_to,
        status_codes=question.statuses,
        export_states=tuple(state for each in question.statuses for state in _states_of(each)),
        offset=question.offset,
        limit=question.limit,
    )
    page = await history.page(OrderOwner(ChannelId(channel), question.customer), query)
    known = {status.code for status in statuses} | {state.value for state in ExportState}
    rows = [_shop_row(each) for each in page.orders]
    return HistoryRows(rows, page.total, application.clock.now(), _unknown(question, known))


async def from_order_management(
    application: Application, channel: str, question: HistoryQuestion
) -> HistoryRows:
    """The orders of the customer that the order management system has, whether the shop knows them or not.

    Raises:
        HistoryNotOfferedError: A condition is not possible with the version at the other end.
        HistoryUnavailableError: The system could not answer, or not in time.
        ServiceResolutionError: No service, or several, are operational.
    """
    service = await application.history_service(channel)
    query = StateQuery(
        numbers=question.numbers,
        customers=(question.customer,),
        skus=question.skus,
        statuses=question.statuses,
        emails=question.emails,
        created_from=question.created_from,
        created_to=question.created_to,
        offset=question.offset,
        limit=question.limit,
    )
    try:
        async with asyncio.timeout(SEARCH_SECONDS):
            page = await service.search(query)
    except TimeoutError:
        raise HistoryUnavailableError(
            f"The order management system did not answer within {SEARCH_SECONDS:g} s.", channel=channel
        ) from None
    now = application.clock.now()
    rows = [
        _far_row(state, now, in_shop=channel in await application.orders.channels_of(state.number))
        for state in page.states
    ]
    return HistoryRows(
        rows, page.total, now, _unknown(question, {status.code for status in service.statuses})
    )


def _states_of(status: str) -> Sequence[ExportState]:
    """The states of exports that a status means: its own name, or a status that the shop gives."""
    return [state for state in ExportState if state.value == status] or export_states_of(status)


def _shop_row(view: OrderView) -> HistoryRow:
    payment = view.state.payment if view.state else None
    return HistoryRow(
        number=view.order.number,
        created_at=view.order.created_at,
        status_code=view.status.code,
        status=view.status.text(),
        total=str(view.order.total.to_pay),
        payment=payment.status.value if payment else "",
        source=view.source,
        as_of=view.as_of,
        reason=view.reason,
    )


def _far_row(state: OrderState, now: datetime, *, in_shop: bool) -> HistoryRow:
    return HistoryRow(
        number=state.number,
        created_at=state.created_at,
        status_code=state.status.code,
        status=state.status.text(),
        total=str(state.total) if state.total else "",
        payment=state.payment.status.value if state.payment else "",
        source=StateSource.ORDER_MANAGEMENT,
        as_of=now,
        in_shop=in_shop,
    )


def _unknown(question: HistoryQuestion, known: Set[str]) -> str:
    """Which statuses there are, where one is asked for that nobody explains."""
    unknown = [each for each in question.statuses if each not in known]
    if not unknown:
        return ""
    return f"No status is called {', '.join(unknown)}. There are: {', '.join(sorted(known))}."
