"""A Hypothesis state machine: operators change exports while exporters work on them and fail."""

from collections.abc import Sequence
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from iomconnector.model.export_acts import CORRECTABLE, ActOrder, Correction, ExportAct
from iomconnector.model.exports import ExportState
from iomconnector.ports.order_repository import StoredOrder
from iomconnector.testing.contracts.export_office import OPERATOR, ExportOffice
from iomconnector.testing.export_fates import CONFLICTING, PLAIN, Fate
from iomconnector.testing.export_machine import LEASE, PICK, ExportMachine
from iomconnector.testing.memory.contexts import MemoryContextRepository
from iomconnector.testing.samples import CHANNEL, CONTEXTS
from iomconnector.usecases.export_orders import CONFLICT, SUPERSEDED
from iomconnector.usecases.pause_exports import PauseExports

REASON = "The customer called."


class OperatedExportMachine(ExportMachine):
    """Operators retry, hurry, give up and correct orders, and pause the channel, at any moment.

    What they do to an order on which somebody works has no effect. An order that was given up may still
    arrive, if it was on its way; the ledger then admits that it does not know. An order that was corrected
    while the uncorrected one arrived is parked, and never called exported.
    """

    kinds: ClassVar[Sequence[str]] = ("plain", "plain", "plain", "conflicting", "refused")

    async def open(self) -> ExportOffice:
        """The orders, their ledger, and the desk of the operators."""
        self.office = ExportOffice.in_memory(self.clock)
        self.pausing = PauseExports(self.office.pauses, MemoryContextRepository(CONTEXTS), self.clock)
        self.paused = False
        self.corrected: dict[str, int] = {}
        return self.office

    def _picked(self, pick: int) -> StoredOrder:
        stored = self.run(self._all())
        return stored[pick % len(stored)]

    async def _all(self) -> Sequence[StoredOrder]:
        return await self.storage.orders.page()

    @precondition(lambda self: self.fates)
    @rule(pick=PICK, act=st.sampled_from([ExportAct.RETRY, ExportAct.EXPEDITE, ExportAct.GIVE_UP]))
    def an_operator_acts(self, pick: int, act: ExportAct) -> None:
        request, now = self._picked(pick).request, self.clock.now()
        done = self.run(self.office.desk.act([request.order_id], ActOrder(act, OPERATOR, now, REASON)))
        waits = act is not ExportAct.EXPEDITE or request.due_at > now
        assert bool(done) is (request.state in act.states and waits)

    @precondition(lambda self: self.fates)
    @rule(pick=PICK)
    def an_operator_corrects(self, pick: int) -> None:
        stored = self._picked(pick)
        request, number = stored.request, str(stored.request.number)
        revision = self.corrected.get(number, 0)
        correction = Correction(
            order_id=request.order_id,
            order=stored.placed.order.model_copy(update={"project": f"revision {revision + 1}"}),
            revision=revision,
            fields=("project",),
            by=OPERATOR,
            at=self.clock.now(),
            reason=REASON,
        )
        done = self.run(self.office.desk.correct(correction))
        assert done is (request.state in CORRECTABLE)
        self.corrected[number] = revision + done

    @rule(pause=st.booleans())
    def an_operator_pauses_or_resumes_the_channel(self, pause: bool) -> None:
        self.run(self._pause() if pause else self._resume())

    @precondition(lambda self: self.paused and self.fates)
    @rule()
    def an_exporter_finds_the_channel_paused(self) -> None:
        under_way = len(self.attempts)
        self.run(self.world.claim(limit=10, lease=LEASE))
        assert len(self.attempts) == under_way

    async def _pause(self) -> None:
        if not self.paused:
            await self.pausing.pause(CHANNEL, by=OPERATOR, reason=REASON)
        self.paused = True

    async def _resume(self) -> None:
        if self.paused:
            await self.pausing.resume(CHANNEL, by=OPERATOR)
        self.paused = False

    async def before_quiet(self) -> None:
        """Let the channel work again."""
        await self._resume()

    def assert_end(self, stored: StoredOrder, fate: Fate, copies: int) -> None:
        """An operator may have given it up, or have corrected it while it was on its way."""
        request, number = stored.request, str(stored.request.number)
        assert stored.placed.revision == self.corrected.get(number, 0)
        if request.state is ExportState.GIVEN_UP:
            assert request.reason == REASON
            assert copies <= 1 if request.unclear else copies == (fate is CONFLICTING)
        elif self.corrected.get(number) and fate is PLAIN:
            parked = request.state is ExportState.PARKED and request.reason_code in (CONFLICT, SUPERSEDED)
            assert parked or request.state is ExportState.EXPORTED
            assert copies == 1
        elif self.corrected.get(number):
            assert (request.state, request.reason_code) == (fate.state, fate.code)
            assert copies == fate.copies
        else:
            super().assert_end(stored, fate, copies)
