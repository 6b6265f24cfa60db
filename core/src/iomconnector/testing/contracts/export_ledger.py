"""The contract of :class:`~iomconnector.ports.export_ledger.ExportLedger`."""

from iomconnector.testing.contracts.export_claims import ExportClaimContract
from iomconnector.testing.contracts.export_outcomes import ExportOutcomeContract


class ExportLedgerContract(ExportClaimContract, ExportOutcomeContract):
    """All promises of an export ledger."""
