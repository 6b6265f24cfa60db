"""The orders of a customer: as the shop lists them, or as the order management system does."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, ClassVar

from bc_order.far_state import FarState, far_states
from iomconnector.application import Application
from iomconnector.errors import ConnectorError
from iomconnector.model.customer_users import OrderOwner
from iomconnector.model.exports import ExportState
from iomconnector.model.order_states import OrderState, StateSource, age_seconds
from iomconnector.model.values import ChannelId
from iomconnector.ports.customer_orders import CustomerOrderQuery
from iomconnector.ports.order_history_service import (
    HistoryUnavailableError,
    OrderHistoryService,
    StateQuery,
)
from iomconnector.ports.order_repository import StoredOrder

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
        trouble: Why there is no answer of now; empty where there is one.
        in_shop: Whether the shop has the order.
        exported: Whether the order management system should have it.
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
    trouble: str = ""
    in_shop: bool = True
    exported: bool = True

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
            "trouble": self.trouble or None,
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
    """The orders that the customer sees, with one question to the order management system for the page."""
    local = {state.value: state for state in ExportState}
    query = CustomerOrderQuery(
        numbers=question.numbers,
        skus=question.skus,
        emails=question.emails,
        created_from=question.created_from,
        created_to=question.created_to,
        status_codes=tuple(each for each in question.statuses if each not in local),
        export_states=tuple(local[each] for each in question.statuses if each in local),
        offset=question.offset,
        limit=question.limit,
    )
    page = await application.customer_orders.page(OrderOwner(ChannelId(channel), question.customer), query)
    exported = [each.placed.order.number for each in page.orders if _is_exported(each)]
    far = await far_states(application, channel, exported)
    now = application.clock.now()
    rows = [_shop_row(each, far.get(each.placed.order.number), now) for each in page.orders]
    return HistoryRows(rows, page.total, now, await _hint(application, channel, question, set(local)))


async def from_order_management(
    application: Application, channel: str, question: HistoryQuestion
) -> HistoryRows:
    """The orders of the customer that the order management system has, whether the shop knows them or not.

    Raises:
        HistoryNotOfferedError: A condition is not possible with the version at the other end.
        HistoryUnavailableError: The system could not answer, or not in time.
        ServiceResolutionError: No service, or several, are operational.
    """
    service: OrderHistoryService = await application.resolver.resolve(OrderHistoryService, channel)
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
    rows = []
    for state in page.states:
        known = channel in await application.orders.channels_of(state.number)
        rows.append(_far_row(state, state.created_at, StateSource.ORDER_MANAGEMENT, now, in_shop=known))
    return HistoryRows(rows, page.total, now, await _hint(application, channel, question, set()))


def _is_exported(stored: StoredOrder) -> bool:
    return stored.request.state is ExportState.EXPORTED


def _shop_row(stored: StoredOrder, far: FarState | None, now: datetime) -> HistoryRow:
    order, request = stored.placed.order, stored.request
    if far is not None and far.state is not None:
        return _far_row(far.state, order.created_at, far.source, far.as_of, trouble=far.trouble)
    price = order.total.gross or order.total.net
    return HistoryRow(
        number=order.number,
        created_at=order.created_at,
        status_code=request.state.value,
        status=request.state.value,
        total=str(price.discounted or price.amount) if price else "",
        payment="",
        source=StateSource.SHOP,
        as_of=now,
        trouble=far.trouble if far else "",
        exported=_is_exported(stored),
    )


def _far_row(
    state: OrderState,
    created_at: datetime | None,
    source: StateSource,
    as_of: datetime,
    *,
    trouble: str = "",
    in_shop: bool = True,
) -> HistoryRow:
    return HistoryRow(
        number=state.number,
        created_at=created_at,
        status_code=state.status.code,
        status=state.status.text(),
        total=str(state.total) if state.total else "",
        payment=state.payment.status.value if state.payment else "",
        source=source,
        as_of=as_of,
        trouble=trouble,
        in_shop=in_shop,
    )


async def _hint(application: Application, channel: str, question: HistoryQuestion, local: set[str]) -> str:
    """What statuses there are, where one is asked for that nobody explains."""
    if not question.statuses:
        return ""
    try:
        service: OrderHistoryService = await application.resolver.resolve(OrderHistoryService, channel)
        known = {status.code for status in service.statuses} | local
    except ConnectorError:
        known = local
    unknown = [each for each in question.statuses if each not in known]
    return (
        f"No status is called {', '.join(unknown)}. There are: {', '.join(sorted(known))}." if unknown else ""
    )
