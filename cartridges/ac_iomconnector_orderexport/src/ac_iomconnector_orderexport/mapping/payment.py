"""How the order is paid. [KB B29919: Payment Service ID -> Payment Method; the rest is for extensions]"""

from ac_iomconnector_orderexport.document import AttributeGroups, PaymentDocument
from ac_iomconnector_orderexport.extension_points import BIND_PAYMENT
from ac_iomconnector_orderexport.mapping.attributes import add_attribute
from ac_iomconnector_orderexport.mapping.run import MappingRun
from iomconnector.model.orders import Order
from iomconnector.model.payments import Payment, Tender
from iomconnector.model.prices import TotalPrice


def map_payment(order: Order, groups: AttributeGroups, run: MappingRun) -> PaymentDocument:
    """The open-tender payment -> Payment.

    Arguments:
        order: The order.
        groups: The additional attributes of the order, which take what no extension claims.
        run: The mapping of the order.
    """
    index = next((n for n, payment in enumerate(order.payments) if payment.tender is Tender.OPEN), 0)
    payment = order.payments[index]
    here = run.at(f"payments[{index}]")
    document = PaymentDocument(
        payment_method=run.settings.payment_methods.get(payment.service_id, payment.service_id)
    )
    _compare_amount(payment, order.total, here)
    here.bind(BIND_PAYMENT, payment, document)
    for key, value in payment.attributes.items():
        field = f"attributes.{key}"
        if here.context.is_claimed(field):
            continue
        if run.settings.payment_attributes_group:
            group = run.settings.payment_attributes_group
            add_attribute(groups, group, key, value, field, here.context)
        else:
            here.context.unmapped(
                field, "has no field, no extension claims it, and no group for it is configured", value
            )
    return document


def _compare_amount(payment: Payment, total: TotalPrice, run: MappingRun) -> None:
    if payment.amount is not None and payment.amount != total.to_pay:
        problem = "is not the total of the order, and IOM takes no amount of a payment"
        run.context.unmapped("amount", problem, payment.amount)
