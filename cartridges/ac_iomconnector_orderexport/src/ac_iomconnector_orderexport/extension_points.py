"""The extension points of the order mapper. [KB B29919: OrderMapper.bindPayment]

Each is called once for every element, after the default mapping of that element and of everything in it, with
the element of the order, the document made of it, and the context. An extension changes the document in place
and returns nothing. One that raises keeps that one order from being exported, and is named in the error.
"""

from typing import Final, Protocol

from ac_iomconnector_orderexport.document import (
    AddressDocument,
    BucketDocument,
    ChargeDocument,
    OrderDocument,
    PaymentDocument,
    PositionDocument,
)
from ac_iomconnector_orderexport.mapping.context import MappingContext
from iomconnector.cartridges.extensions import ExtensionPoint
from iomconnector.model.addresses import Address
from iomconnector.model.line_items import LineItem, ShippingBucket
from iomconnector.model.orders import Order
from iomconnector.model.payments import Payment
from iomconnector.model.prices import Charge


class BindOrder(Protocol):
    """Bind to ``OrderMapper.bindOrder``: called last, when everything else of the order is mapped."""

    def __call__(self, order: Order, document: OrderDocument, context: MappingContext) -> None:
        """Change the document of the order."""


class BindAddress(Protocol):
    """Bind to ``OrderMapper.bindAddress``; ``context.path`` tells which address it is."""

    def __call__(self, address: Address, document: AddressDocument, context: MappingContext) -> None:
        """Change the document of the address."""


class BindBucket(Protocol):
    """Bind to ``OrderMapper.bindBucket``."""

    def __call__(self, bucket: ShippingBucket, document: BucketDocument, context: MappingContext) -> None:
        """Change the document of the shipping bucket."""


class BindPosition(Protocol):
    """Bind to ``OrderMapper.bindPosition``."""

    def __call__(self, line_item: LineItem, document: PositionDocument, context: MappingContext) -> None:
        """Change the document of the line item."""


class BindCharge(Protocol):
    """Bind to ``OrderMapper.bindCharge``; charges of the order and of its shipping buckets."""

    def __call__(self, charge: Charge, document: ChargeDocument, context: MappingContext) -> None:
        """Change the document of the charge."""


class BindPayment(Protocol):
    """Bind to ``OrderMapper.bindPayment``."""

    def __call__(self, payment: Payment, document: PaymentDocument, context: MappingContext) -> None:
        """Change the document of the payment."""


BIND_ORDER: Final = ExtensionPoint(
    "OrderMapper.bindOrder",
    "Called once an order, after everything else of it is mapped; may change the whole document.",
    BindOrder,
)
BIND_ADDRESS: Final = ExtensionPoint(
    "OrderMapper.bindAddress",
    "Called for the invoice address and every shipping address after its default mapping.",
    BindAddress,
)
BIND_BUCKET: Final = ExtensionPoint(
    "OrderMapper.bindBucket",
    "Called for every shipping bucket after its address, positions and charges are mapped.",
    BindBucket,
)
BIND_POSITION: Final = ExtensionPoint(
    "OrderMapper.bindPosition",
    "Called for every line item after its default mapping.",
    BindPosition,
)
BIND_CHARGE: Final = ExtensionPoint(
    "OrderMapper.bindCharge",
    "Called for every charge of the order and its shipping buckets after its default mapping.",
    BindCharge,
)
BIND_PAYMENT: Final = ExtensionPoint(
    "OrderMapper.bindPayment",
    "Called for the payment after its default mapping; fills the fields that depend on the payment service.",
    BindPayment,
)

EXTENSION_POINTS: Final = (BIND_ORDER, BIND_ADDRESS, BIND_BUCKET, BIND_POSITION, BIND_CHARGE, BIND_PAYMENT)
