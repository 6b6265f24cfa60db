"""What a process logs of the export: what an operator must know, once."""

from datetime import UTC, datetime

from structlog.testing import capture_logs

from iomconnector.model.exports import ExportRequest, ExportState
from iomconnector.model.values import ChannelId, OrderNumber
from iomconnector.ports.export_ledger import Claim
from iomconnector.processes.export_log import ExportReporter
from iomconnector.testing.samples import CHANNEL, placed_order, sample_order
from iomconnector.usecases.export_orders import ExportResult

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def _result(state: ExportState, *, whole_service: bool = False) -> ExportResult:
    request = ExportRequest(
        order_id=1,
        channel=ChannelId(CHANNEL),
        number=OrderNumber("4711"),
        state=ExportState.SENDING,
        attempts=1,
        unclear=False,
        due_at=NOW,
        lease_until=None,
        reference=None,
        reason_code=None,
        reason=None,
        requested_at=NOW,
        updated_at=NOW,
        exported_at=None,
    )
    claim = Claim(request, placed_order(sample_order("4711")), "t", False, "worker 1", NOW)
    return ExportResult(claim, state, "No such SKU.", whole_service=whole_service)


def test_a_parked_order_is_logged_with_number_and_reason() -> None:
    with capture_logs() as logs:
        ExportReporter()(_result(ExportState.PARKED))
    assert [(line["event"], line["order"], line["reason"]) for line in logs] == [
        ("parked", "4711", "No such SKU.")
    ]


def test_a_service_that_goes_and_comes_back_is_logged_once_each() -> None:
    report = ExportReporter()
    with capture_logs() as logs:
        for result in (
            _result(ExportState.EXPORTED),
            _result(ExportState.DUE, whole_service=True),
            _result(ExportState.DUE, whole_service=True),
            _result(ExportState.EXPORTED),
            _result(ExportState.EXPORTED),
        ):
            report(result)
    assert [line["event"] for line in logs] == ["orders wait", "orders are exported again"]
