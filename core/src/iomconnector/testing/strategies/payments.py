"""How an order is paid."""

from hypothesis.strategies import SearchStrategy

from iomconnector.model.payments import Payment, Tender
from iomconnector.testing.strategies.amounts import Amounts
from iomconnector.testing.strategies.bounds import Bounds
from iomconnector.testing.strategies.drawing import Drawing, part
from iomconnector.testing.strategies.oddities import Oddity

SERVICES = ("ISH_INVOICE", "ISH_CREDITCARD", "PayPal ✓")
"""The payment services of generated orders."""


def payments(*, bounds: Bounds | None = None) -> SearchStrategy[Payment]:
    """Open-tender payments of the whole order."""
    return part(_payment, bounds=bounds, currency="EUR")


def draw_payments(d: Drawing, due: Amounts) -> tuple[Payment, ...]:
    """Draw what pays an order; one open-tender payment, unless the order is odd."""
    first = _payment(d)
    if d.is_odd(Oddity.PARTIAL_PAYMENT):
        first = first.model_copy(update={"amount": d.money(due.gross_discounted + 1)})
    found = [first]
    if d.is_odd(Oddity.LIMITED_TENDER):
        found.append(Payment(service_id="ISH_GIFTCARD", tender=Tender.LIMITED, amount=d.money(500)))
    if d.is_odd(Oddity.SECOND_PAYMENT):
        found.append(Payment(service_id="ISH_CREDITCARD"))
    return tuple(found)


def _payment(d: Drawing) -> Payment:
    most = d.bounds.payment_attribute
    names = [d.phrase(most) for _ in range(d.integer(0, d.bounds.attributes))]
    return Payment(service_id=d.choice(SERVICES), attributes={name: d.phrase(most) for name in names})
