"""How an order is paid."""

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from iomconnector.model.payments import Payment, Tender
from iomconnector.testing.strategies.amounts import Amounts
from iomconnector.testing.strategies.bounds import Bounds
from iomconnector.testing.strategies.drawing import Drawing, part
from iomconnector.testing.strategies.oddities import Oddity
from iomconnector.testing.strategies.texts import phrases

SERVICES = ("ISH_INVOICE", "ISH_CREDITCARD", "PayPal ✓")


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
    text = phrases(d.bounds.payment_attribute)
    count = d.draw(st.integers(0, d.bounds.attributes))
    return Payment(
        service_id=d.draw(st.one_of(st.sampled_from(SERVICES), phrases(d.bounds.payment_service))),
        attributes={d.draw(text): d.draw(text) for _ in range(count)},
    )
