"""Have orders sent again to an endpoint that failed."""

from iomconnector.errors import NotFoundError
from iomconnector.model.audit import AuditEntry
from iomconnector.ports.audit_trail import AuditTrail
from iomconnector.ports.clock import Clock
from iomconnector.usecases.gates import Gates

KEPT_OF_NAME = 255
"""So much of the name of an endpoint stands in the audit trail as what was changed."""


class CloseCircuits:
    """Closes circuits for operators; the audit trail says who did it.

    Arguments:
        gates: The gates of this process.
        trail: The audit trail.
        clock: Tells the time.
    """

    def __init__(self, gates: Gates, trail: AuditTrail, clock: Clock) -> None:
        self._gates = gates
        self._trail = trail
        self._clock = clock

    async def close(self, endpoint: str, *, by: str) -> None:
        """Close the circuit of an endpoint and forget that it asked to wait.

        Arguments:
            endpoint: Its name.
            by: Who.

        Raises:
            NotFoundError: There is no such endpoint.
            StorageError: The database failed; where it did so after the circuit was closed, doing it again
                records it.
        """
        if not await self._gates.reset(endpoint):
            raise NotFoundError("There is no such endpoint.", hint="Choose one from the list.")
        subject = endpoint[:KEPT_OF_NAME]
        await self._trail.record(AuditEntry(self._clock.now(), by, "export.circuit_closed", subject))
