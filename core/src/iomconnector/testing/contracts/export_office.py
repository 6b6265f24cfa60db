"""Everything that operators of exports work with, as the contracts of it need it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from iomconnector.model.audit import AuditEntry
from iomconnector.model.export_acts import ActOrder, ExportAct
from iomconnector.model.export_filters import ANY, ExportFilter
from iomconnector.model.exports import ExportState
from iomconnector.ports.audit_trail import AuditTrail
from iomconnector.ports.clock import Clock
from iomconnector.ports.export_desk import ExportDesk
from iomconnector.ports.export_ledger import Claim, Postponement
from iomconnector.ports.export_pauses import ExportPauses
from iomconnector.ports.export_queries import ExportQueries
from iomconnector.testing.contracts.order_storage import OrderStorage
from iomconnector.testing.memory.audit_trail import MemoryAuditTrail
from iomconnector.testing.memory.contexts import MemoryContextRepository
from iomconnector.testing.memory.export_desk import MemoryExportDesk
from iomconnector.testing.memory.export_ledger import MemoryExportLedger
from iomconnector.testing.memory.export_pauses import MemoryExportPauses
from iomconnector.testing.memory.export_queries import MemoryExportQueries
from iomconnector.testing.memory.order_repository import MemoryOrderRepository
from iomconnector.testing.memory.order_rows import MemoryShop
from iomconnector.testing.samples import CHANNEL, CONTEXTS

OPERATOR = "olga"


@dataclass(frozen=True, slots=True)
class ExportOffice(OrderStorage):
    """Orders with their ledger, and what operators look at them and change them with.

    Arguments:
        queries: Finds exports.
        desk: Changes exports.
        pauses: Switches channels off and on.
        audit_trail: Where it is recorded who did what.
    """

    queries: ExportQueries
    desk: ExportDesk
    pauses: ExportPauses
    audit_trail: AuditTrail

    @classmethod
    def in_memory(cls, clock: Clock) -> "ExportOffice":
        """An empty one in memory, with the contexts of :data:`iomconnector.testing.samples.CONTEXTS`."""
        shop, trail = MemoryShop(MemoryContextRepository(CONTEXTS)), MemoryAuditTrail()
        return cls(
            MemoryOrderRepository(shop, clock),
            MemoryExportLedger(shop),
            clock,
            MemoryExportQueries(shop),
            MemoryExportDesk(shop, trail),
            MemoryExportPauses(shop, trail),
            trail,
        )

    async def state(self, number: str) -> ExportState:
        """Where the export of the sample order of that number stands."""
        return (await self.queries.summary(CHANNEL, number)).request.state

    async def keys(self, *numbers: str) -> list[int]:
        """The keys of the sample orders of these numbers."""
        return [(await self.queries.summary(CHANNEL, each)).request.order_id for each in numbers]

    async def act(
        self, act: ExportAct, *numbers: str, reason: str = "", only: ExportFilter = ANY
    ) -> list[str]:
        """Do something with sample orders; the numbers of those with which it was done."""
        todo = ActOrder(act, OPERATOR, self.clock.now(), reason, only)
        done = await self.desk.act(await self.keys(*numbers), todo)
        return [each.request.number for each in done]

    async def claimed(self) -> dict[str, Claim]:
        """Claim what is due now; the claims of sample orders by number."""
        claims = await self.claim()
        return {claim.request.number: claim for claim in claims if claim.request.channel == CHANNEL}

    async def park(self, claim: Claim, code: str = "schema", reason: str = "No such country.") -> bool:
        """Park an order."""
        return await self.ledger.record_parked(claim, code=code, reason=reason, at=self.clock.now())

    async def postpone(self, claim: Claim, wait: timedelta, *, counts: bool = True) -> bool:
        """Try an order again later."""
        later = Postponement(self.clock.now() + wait, "timeout", "No answer came.", True, counts)
        return await self.ledger.record_postponed(claim, later, at=self.clock.now())

    async def export(self, claim: Claim) -> bool:
        """An order is in the order management system."""
        at = self.clock.now()
        return await self.ledger.record_exported(claim, reference=f"/orders/{claim.request.number}", at=at)

    async def recorded(self, subject: str) -> Sequence[AuditEntry]:
        """What the audit trail says of an order or a channel, the latest first."""
        return await self.audit_trail.entries(subject=subject)
