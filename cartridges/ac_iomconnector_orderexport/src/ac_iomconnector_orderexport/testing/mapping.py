"""Maps an order as a test needs it: any version, any settings, any extensions."""

from collections.abc import Sequence
from typing import Any

from ac_iomconnector_orderexport.document import OrderDocument
from ac_iomconnector_orderexport.extension_points import EXTENSION_POINTS
from ac_iomconnector_orderexport.mapping.order import MappedOrder, OrderMapper
from ac_iomconnector_orderexport.settings import MappingSettings
from ac_iomconnector_rest_common.order_api_version import OrderApiVersion
from iomconnector.cartridges.extensions import Extension, Extensions
from iomconnector.model.exports import PlacedOrder
from iomconnector.model.orders import Order

DECLARING = "ac_iomconnector_orderexport"


def bound(bindings: Sequence[tuple[str, Extension]]) -> Extensions:
    """The extension points of the mapper with extensions bound to them, each with its cartridge's name."""
    return Extensions([(DECLARING, point) for point in EXTENSION_POINTS], bindings)


def map_order(
    order: Order | PlacedOrder,
    *bindings: tuple[str, Extension],
    version: OrderApiVersion = OrderApiVersion.V2_4,
    **settings: Any,
) -> MappedOrder:
    """Map an order.

    Arguments:
        order: The order, with or without decisions.
        bindings: Extensions, each with the name of the cartridge that offers it.
        version: The version of the Order API.
        settings: Fields of :class:`MappingSettings` that differ from their defaults.

    Raises:
        OrderNotExportableError: The order breaks a rule.
    """
    placed = order if isinstance(order, PlacedOrder) else PlacedOrder(order)
    return OrderMapper(MappingSettings(**settings), bound(bindings)).map(placed, version)


def document_of(mapped: MappedOrder) -> OrderDocument:
    """The document as an object again."""
    return OrderDocument.model_validate(mapped.document)
