"""Orders on their way, for the pages that show them: parked ones with a message, one in a paused channel."""

from __future__ import annotations

from datetime import timedelta

from iomconnector.application import Application
from iomconnector.model.endpoint_shares import Demand
from iomconnector.model.endpoints import Endpoint, Report
from iomconnector.ports.message_log import Message
from iomconnector.testing.samples import CHANNEL, OTHER_CHANNEL, sample_order, sample_orders

REASON = "IOM refused the order: VALIDATION_EXCEPTION: Product <00910> is unknown."
WAITING = ("2026112830", "2026112831")
DOCUMENT = '{"shopOrderNumber": "<b>", "sales": {"currencyCode": "EUR"}}'


async def place(application: Application, *numbers: str) -> None:
    """Place orders."""
    await application.place_orders.many(sample_orders(numbers))


async def park(application: Application, *numbers: str, reason: str = REASON) -> None:
    """Place orders, and park them after one attempt with its message."""
    await place(application, *numbers)
    now = application.clock.now()
    lease = timedelta(minutes=1)
    claims = await application.ledger.claim(
        CHANNEL, worker="mars/4711/ab12cd", now=now, lease=lease, limit=len(numbers)
    )
    for claim in claims:
        await application.message_log.record(
            Message(
                message_id=f"message {claim.request.number}",
                at=now,
                channel=CHANNEL,
                order_number=claim.request.number,
                service="iom-order-export",
                method="POST",
                url="https://iom.example.com/rest/order-service/shops/10010/orders",
                request_headers={"Authorization": "********"},
                request_body=DOCUMENT,
                status=400,
                response_body='{"status": 400, "errors": [{"code": "VALIDATION_EXCEPTION"}]}',
                duration_ms=41.5,
            )
        )
        await application.ledger.record_parked(claim, code="PRODUCT_UNKNOWN", reason=reason, at=now)


async def furnish_with_orders(application: Application, *, by: str) -> None:
    """Add orders in several states, a paused channel and an endpoint whose circuit is open.

    Arguments:
        application: The system.
        by: Who pauses the channel.
    """
    await park(application, "2026112817", "2026112818", "2026112821")
    await application.pause_exports.pause(OTHER_CHANNEL, by=by, reason="The warehouse counts its stock.")
    await application.place_orders.many([sample_order(each, channel=OTHER_CHANNEL) for each in WAITING])
    endpoint = Endpoint("https://iom.example.com shop 10010")
    failed = Report(failures=9, code="iom.request.unreachable", reason="No connection to iom.example.com.")
    await application.endpoint_states.sync(
        endpoint,
        "mars/4711/ab12cd",
        failed,
        Demand(1),
        now=application.clock.now(),
        lease=timedelta(seconds=30),
    )
