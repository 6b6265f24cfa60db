"""How far an order is paid, in the words of ICM's extension. [KB 310F98: IOMPaymentStatus]"""

from pydantic import BaseModel

from app_sf_rest.representation.prices import Amount, Number
from iomconnector.model.money import Money
from iomconnector.model.order_states import PaymentState


class IomPaymentStatus(BaseModel):
    """How far an order is paid."""

    paymentStatus: str
    paidAmount: Amount
    paidAmountPercent: Number
    remainingAmount: Amount
    remainingAmountPercent: Number


def payment_status(payment: PaymentState) -> IomPaymentStatus:
    """The payment state of an order."""
    return IomPaymentStatus(
        paymentStatus=payment.status.value,
        paidAmount=_amount(payment.paid),
        paidAmountPercent=payment.paid_percent,
        remainingAmount=_amount(payment.remaining),
        remainingAmountPercent=payment.remaining_percent,
    )


def _amount(money: Money) -> Amount:
    return Amount(value=money.amount, currency=money.currency)
