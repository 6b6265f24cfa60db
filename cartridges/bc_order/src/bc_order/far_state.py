"""What the order management system says of an order now, or said last: within the time that pages have."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime

from iomconnector.application import Application
from iomconnector.errors import ConnectorError
from iomconnector.model.order_history import NotAsked
from iomconnector.model.order_states import OrderState, StateSource
from iomconnector.services.resolution import ServiceResolutionError


@dataclass(frozen=True, slots=True)
class FarState:
    """An order as the order management system has it.

    Arguments:
        source: Who says so; ``SHOP`` where nothing is known.
        as_of: When that was so.
        state: The order; none where nothing is known.
        reason: Why there is no answer of now; none where there is one.
        trouble: The same as a sentence; empty where there is an answer.
    """

    source: StateSource
    as_of: datetime
    state: OrderState | None = None
    reason: NotAsked | None = None
    trouble: str = ""


async def far_state(application: Application, channel: str, number: str) -> FarState:
    """Ask for an order once, also while the circuit is open and pages ask nothing, and never wait longer than
    pages do. An answer is kept."""
    far = await _asked(application, channel, number)
    if far.state is not None or far.reason is NotAsked.NOT_THERE:
        return far
    last = (await application.order_state_store.known(channel, [number])).get(number)
    if last is None:
        return far
    return replace(far, source=StateSource.LAST_KNOWN, as_of=last.observed_at, state=last.state)


async def _asked(application: Application, channel: str, number: str) -> FarState:
    store, clock = application.order_state_store, application.clock

    def nothing(reason: NotAsked, trouble: str) -> FarState:
        return FarState(StateSource.SHOP, clock.now(), None, reason, trouble)

    try:
        service = await application.history_service(channel)
    except ServiceResolutionError as error:
        return nothing(NotAsked.SERVICE_INACTIVE, str(error))
    budget = service.rules.budget.total_seconds()
    ticket = await store.ticket(channel)
    try:
        async with asyncio.timeout(budget):
            found = [each for each in await service.states([number]) if each.number == number]
    except TimeoutError:
        return nothing(NotAsked.TOO_SLOW, f"The order management system did not answer within {budget:g} s.")
    except ConnectorError as error:
        return nothing(NotAsked.UNAVAILABLE, str(error))
    if not found:
        return nothing(NotAsked.NOT_THERE, "The order management system has no such order.")
    now = clock.now()
    kept = await store.keep(channel, found, ticket=ticket, observed_at=now)
    state = kept[number].state if number in kept else found[0]
    return FarState(StateSource.ORDER_MANAGEMENT, now, state)
