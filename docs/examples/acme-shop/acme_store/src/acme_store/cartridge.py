"""Binds to the order mapper's extension point for the whole order."""

from ac_iomconnector_orderexport.document import OrderDocument
from ac_iomconnector_orderexport.mapping.context import MappingContext
from iomconnector.cartridges.descriptor import CartridgeDescriptor
from iomconnector.cartridges.extensions import Extension
from iomconnector.hooks import hookimpl
from iomconnector.model.orders import Order

descriptor = CartridgeDescriptor(display_name="ACME stores")

STORES = {"inSPIRED-inTRONICS": "0815", "inSPIRED-inTRONICS_Business": "0816"}
"""The number of the store that answers for each channel."""


def bind_order(order: Order, document: OrderDocument, _context: MappingContext) -> None:
    """Add the store of the order's channel to the attributes of the order."""
    if order.channel in STORES:
        document.additional_attributes.setdefault("acme", {})["store"] = STORES[order.channel]


@hookimpl
def iomconnector_extensions() -> list[Extension]:
    """The binding."""
    return [Extension("OrderMapper.bindOrder", bind_order)]
