"""What the order management system says of orders now, or said last: within the time that pages have."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from iomconnector.application import Application
from iomconnector.errors import ConnectorError
from iomconnector.model.order_states import OrderState, StateSource
from iomconnector.ports.order_history_service import OrderHistoryService
from iomconnector.services.resolution import ServiceResolutionError


@dataclass(frozen=True, slots=True)
class FarState:
    """An order as the order management system has it.

    Arguments:
        source: Who says so; ``SHOP`` where nothing is known.
        as_of: When that was so.
        state: The order; none where nothing is known.
        reason: Why there is no answer of now, as :class:`~iomconnector.model.order_history.OrderView` has it.
        trouble: The same as a sentence; empty where there is an answer.
    """

    source: StateSource
    as_of: datetime
    state: OrderState | None = None
    reason: str | None = None
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class _Answer:
    states: Mapping[str, OrderState] = field(default_factory=dict)
    as_of: datetime | None = None
    reason: str | None = "not there"
    trouble: str = "The order management system has no such order."


async def far_states(
    application: Application, channel: str, numbers: Sequence[str]
) -> Mapping[str, FarState]:
    """Ask for orders in one question, and never wait longer than the budget of pages; an answer is kept.

    Returns:
        What is known, for each of the numbers.
    """
    if not numbers:
        return {}
    answer = await _ask(application, channel, numbers)
    store, now = application.order_state_store, application.clock.now()
    missing = [number for number in numbers if number not in answer.states]
    known = {} if answer.as_of else await store.known(channel, missing)
    found: dict[str, FarState] = {}
    for number in numbers:
        if number in answer.states:
            found[number] = FarState(StateSource.ORDER_MANAGEMENT, answer.as_of or now, answer.states[number])
        elif number in known:
            last = known[number]
            found[number] = FarState(
                StateSource.LAST_KNOWN, last.observed_at, last.state, answer.reason, answer.trouble
            )
        else:
            found[number] = FarState(StateSource.SHOP, now, None, answer.reason, answer.trouble)
    return found


async def _ask(application: Application, channel: str, numbers: Sequence[str]) -> _Answer:
    try:
        service: OrderHistoryService = await application.resolver.resolve(OrderHistoryService, channel)
    except ServiceResolutionError as error:
        return _Answer(reason="service inactive", trouble=str(error))
    budget = service.rules.budget.total_seconds()
    store = application.order_state_store
    ticket = await store.ticket(channel)
    try:
        async with asyncio.timeout(budget):
            states = await service.states(numbers)
    except TimeoutError:
        return _Answer(
            reason="too slow", trouble=f"The order management system did not answer within {budget:g} s."
        )
    except ConnectorError as error:
        return _Answer(reason="unavailable", trouble=str(error))
    now = application.clock.now()
    kept = await store.keep(channel, states, ticket=ticket, observed_at=now)
    return _Answer(
        {each.number: kept[each.number].state if each.number in kept else each for each in states}, now
    )
