"""What an operator must know of the export, in the log."""

import structlog

from iomconnector.model.exports import ExportState
from iomconnector.usecases.export_orders import ExportResult

log = structlog.get_logger(__name__)


class ExportReporter:
    """Logs what an operator must know of the export: parked orders, and a service that goes or comes back."""

    def __init__(self) -> None:
        self._away: set[str] = set()

    def __call__(self, result: ExportResult) -> None:
        request = result.claim.request
        if result.state is ExportState.PARKED:
            log.warning("parked", order=request.number, channel=request.channel, reason=result.reason)
        elif result.whole_service and request.channel not in self._away:
            self._away.add(request.channel)
            log.warning("orders wait", channel=request.channel, order=request.number, reason=result.reason)
        elif result.state is ExportState.EXPORTED and request.channel in self._away:
            self._away.discard(request.channel)
            log.info("orders are exported again", channel=request.channel)
