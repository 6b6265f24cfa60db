"""Binds to the order mapper's extension point for payments."""

from ac_iomconnector_orderexport.document import PaymentDocument
from ac_iomconnector_orderexport.mapping.context import MappingContext
from iomconnector.cartridges.descriptor import CartridgeDescriptor
from iomconnector.cartridges.extensions import Extension
from iomconnector.hooks import hookimpl
from iomconnector.model.payments import Payment

descriptor = CartridgeDescriptor(display_name="ACME Pay")


def bind_payment(payment: Payment, document: PaymentDocument, context: MappingContext) -> None:
    """ACME Pay's transaction is the provider's order number."""
    transaction = payment.attributes.get("transaction")
    if transaction is not None:
        document.payment_provider_order_no = transaction
        context.claim("attributes.transaction")


@hookimpl
def iomconnector_extensions() -> list[Extension]:
    """The binding."""
    return [Extension("OrderMapper.bindPayment", bind_payment)]
