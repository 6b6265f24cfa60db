"""What a circuit is told of questions that failed."""

from iomconnector.model.endpoints import Outcome
from iomconnector.ports.inventory_service import InventoryUnavailableError
from iomconnector.ports.order_history_service import HistoryUnavailableError
from iomconnector.usecases.gate import Gate


def report_failure(
    gate: Gate, error: HistoryUnavailableError | InventoryUnavailableError, seconds: float
) -> None:
    """Tell a gate that a question failed, or that it is to be asked later.

    Arguments:
        gate: The gate.
        error: Why.
        seconds: How long it took.
    """
    gate.report(
        Outcome.FAILED if error.retry_after is None else Outcome.THROTTLED,
        seconds,
        retry_after=error.retry_after,
        code=error.code,
        reason=error.message,
    )
