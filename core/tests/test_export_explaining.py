"""Why an order waits, since when, for whom: one sentence in every state. And its whole life."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from iomconnector.errors import ConfigurationError
from iomconnector.model.approvals import Decision
from iomconnector.model.audit import AuditEntry
from iomconnector.model.endpoints import CircuitState, EndpointState
from iomconnector.model.export_acts import ExportAct
from iomconnector.model.exports import ExportPause, ExportState
from iomconnector.ports.order_export_service import OrderExportService
from iomconnector.testing.contracts import ExportOffice
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import (
    ManualClock,
    MemoryMessageLog,
    MemoryOrderExportService,
    MemoryOrderManagement,
)
from iomconnector.testing.samples import (
    CHANNEL,
    NOON,
    approval,
    approval_step,
    sample_message,
    sample_order,
)
from iomconnector.usecases.channel_outlook import ChannelOutlooks
from iomconnector.usecases.explain_export import ExplainExport, Explanation, WaitsFor
from iomconnector.usecases.order_life import Happening, OrderLives

MINUTE = timedelta(minutes=1)


class _Stage:
    """An office at noon of the second of November 2026."""

    def __init__(self) -> None:
        self.clock = ManualClock(NOON)
        self.shop = ExportOffice.in_memory(self.clock)
        self.log = MemoryMessageLog()
        self.endpoint: EndpointState | None = None
        self.service: OrderExportService | None = MemoryOrderExportService(MemoryOrderManagement())
        outlooks = ChannelOutlooks(self.shop.pauses, self.resolve, self.endpoint_state)
        self.explaining = ExplainExport(self.shop.queries, outlooks, self.shop.audit_trail, self.clock)
        self.lives = OrderLives(self.shop.queries, self.log, self.shop.audit_trail, self.explaining)

    async def resolve(self, channel: str) -> OrderExportService:
        if self.service is None:
            raise ConfigurationError("No adapter is executable.", hint="Activate one.")
        return self.service

    async def endpoint_state(self, service: OrderExportService) -> EndpointState | None:
        return self.endpoint

    async def explained(self) -> Explanation:
        return await self.explaining.explain(CHANNEL, "1")


async def _waiting_for_approval(stage: _Stage) -> None:
    order = sample_order("1", approval_steps=[approval_step("anna", "bert")])
    await stage.shop.orders.place([(order, ExportState.WAITING_FOR_APPROVAL)])


async def _rejected(stage: _Stage) -> None:
    await _waiting_for_approval(stage)
    stage.clock.advance(MINUTE)
    [key] = await stage.shop.keys("1")
    decision = approval(decision=Decision.REJECTED, comment="over budget")
    await stage.shop.orders.decide(key, decision, ExportState.REJECTED)


async def _due(stage: _Stage) -> None:
    await stage.shop.place("1")


async def _paused(stage: _Stage) -> None:
    await _due(stage)
    stage.clock.advance(MINUTE)
    pause = ExportPause(CHANNEL, "olga", stage.clock.now(), "stocktaking")
    await stage.shop.pauses.pause(pause, AuditEntry(stage.clock.now(), "olga", "export.paused", CHANNEL))


async def _without_service(stage: _Stage) -> None:
    await _due(stage)
    stage.service = None


async def _circuit_open(stage: _Stage) -> None:
    await _due(stage)
    stage.endpoint = EndpointState(
        "https://oms.example.com shop 1",
        1,
        NOON,
        CircuitState.OPEN,
        open_until=NOON + MINUTE,
        last_reason="No connection.",
        last_failure_at=NOON,
    )


async def _throttled(stage: _Stage) -> None:
    await _due(stage)
    stage.endpoint = EndpointState("oms", 1, NOON, wait_until=NOON + MINUTE)


async def _postponed(stage: _Stage) -> None:
    await _due(stage)
    await stage.shop.postpone((await stage.shop.claimed())["1"], 5 * MINUTE)


async def _sending(stage: _Stage) -> None:
    await _due(stage)
    await stage.shop.claim()


async def _abandoned(stage: _Stage) -> None:
    await _sending(stage)
    stage.clock.advance(5 * MINUTE)


async def _parked(stage: _Stage) -> None:
    await _due(stage)
    await stage.shop.park((await stage.shop.claimed())["1"])


async def _given_up(stage: _Stage) -> None:
    await _due(stage)
    stage.clock.advance(MINUTE)
    await stage.shop.act(ExportAct.GIVE_UP, "1", reason="The customer cancelled.")


async def _exported(stage: _Stage) -> None:
    await _due(stage)
    await stage.shop.export((await stage.shop.claimed())["1"])


AT_NOON = "2026-11-02 12:00:00 UTC"
LATER = "2026-11-02 12:01:00 UTC"

SENTENCES: list[tuple[Callable[[_Stage], Awaitable[None]], str, WaitsFor]] = [
    (
        _waiting_for_approval,
        f"Order 1 has waited since {AT_NOON} for the user approval by anna or bert.",
        WaitsFor.APPROVER,
    ),
    (_rejected, f"Order 1 was rejected by anna at {LATER}: over budget.", WaitsFor.NOBODY),
    (_due, f"Order 1 has been due since {AT_NOON}, and the next free worker takes it.", WaitsFor.WORKER),
    (
        _paused,
        f"Order 1 has been due since {AT_NOON}, but the export of {CHANNEL} is paused by olga since {LATER}: "
        "stocktaking.",
        WaitsFor.OPERATOR,
    ),
    (
        _without_service,
        f"Order 1 has been due since {AT_NOON}, but no service exports the orders of {CHANNEL}: "
        "No adapter is executable. Activate one.",
        WaitsFor.OPERATOR,
    ),
    (
        _circuit_open,
        f"Order 1 has been due since {AT_NOON}, but nothing is sent to https://oms.example.com shop 1 since "
        f"{AT_NOON}, and it is tried again at {LATER}: No connection.",
        WaitsFor.RECEIVER,
    ),
    (
        _throttled,
        f"Order 1 has been due since {AT_NOON}, but oms asked for nothing to be sent before {LATER}.",
        WaitsFor.RECEIVER,
    ),
    (
        _postponed,
        f"Order 1 has waited since {AT_NOON} for another attempt at 2026-11-02 12:05:00 UTC after attempt 1 "
        "(timeout): No answer came.",
        WaitsFor.TIME,
    ),
    (
        _sending,
        f"Order 1 is being sent by worker worker 1 since {AT_NOON}, with a lease until "
        "2026-11-02 12:02:00 UTC (attempt 1).",
        WaitsFor.WORKER,
    ),
    (
        _abandoned,
        f"Order 1 was taken by worker worker 1 at {AT_NOON}, whose lease ended at 2026-11-02 12:02:00 UTC: "
        "another worker takes it over, and asks the receiver for it first.",
        WaitsFor.WORKER,
    ),
    (
        _parked,
        f"Order 1 has been parked since {AT_NOON} and needs an operator (schema): No such country.",
        WaitsFor.OPERATOR,
    ),
    (_given_up, f"Order 1 was given up by olga at {LATER}: The customer cancelled.", WaitsFor.NOBODY),
    (_exported, f"Order 1 has been exported since {AT_NOON}, and stands at /orders/1.", WaitsFor.NOBODY),
]


@pytest.mark.parametrize(
    ("arrange", "sentence", "waits_for"), SENTENCES, ids=[arrange.__name__ for arrange, _, _ in SENTENCES]
)
@in_event_loop
async def test_one_sentence_says_why_since_when_and_for_whom(
    arrange: Callable[[_Stage], Awaitable[None]], sentence: str, waits_for: WaitsFor
) -> None:
    stage = _Stage()
    await arrange(stage)
    explanation = await stage.explained()
    assert explanation.sentence == sentence
    assert explanation.waits_for is waits_for
    if waits_for in (WaitsFor.OPERATOR, WaitsFor.APPROVER):
        assert "`" in explanation.advice, "who has to act is told how"


@in_event_loop
async def test_a_life_has_everything_in_its_order() -> None:
    stage = _Stage()
    order = sample_order("1", approval_steps=[approval_step("anna")])
    await stage.shop.orders.place([(order, ExportState.WAITING_FOR_APPROVAL)])
    [key] = await stage.shop.keys("1")
    stage.clock.advance(MINUTE)
    decided = approval().model_copy(update={"decided_at": stage.clock.now()})
    await stage.shop.orders.decide(key, decided, ExportState.DUE)
    stage.clock.advance(MINUTE)
    claim = (await stage.shop.claimed())["1"]
    stage.clock.advance(MINUTE)
    await stage.log.record(sample_message("1", at=stage.clock.now()))
    stage.clock.advance(timedelta(seconds=1))
    await stage.shop.postpone(claim, MINUTE)
    stage.clock.advance(2 * MINUTE)
    await stage.shop.claim()
    stage.clock.advance(10 * MINUTE)
    third = (await stage.shop.claimed())["1"]
    stage.clock.advance(MINUTE)
    await stage.shop.park(third)
    stage.clock.advance(MINUTE)
    await stage.shop.act(ExportAct.RETRY, "1")
    life = await stage.lives.of(CHANNEL, "1")
    assert [event.what for event in life.events] == [
        Happening.PLACED,
        Happening.APPROVED,
        Happening.TAKEN,
        Happening.MESSAGE,
        Happening.ATTEMPT,
        Happening.LOST,
        Happening.TAKEN,
        Happening.ATTEMPT,
        Happening.OPERATOR,
    ]
    lost, parked, retried = life.events[5], life.events[7], life.events[8]
    assert lost.sentence == "Attempt 2 was begun after this, and its worker was lost."
    assert parked.sentence == "Attempt 3 ended: the order was parked (schema): No such country."
    assert (retried.by, retried.sentence) == ("olga", "It was retried.")
    message = life.events[3].message
    assert message is not None
    assert message.request_body
    assert life.explanation.waits_for is WaitsFor.WORKER
