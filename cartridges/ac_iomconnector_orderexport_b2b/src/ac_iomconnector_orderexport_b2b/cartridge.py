"""The face of the cartridge; what it offers is imported when it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iomconnector.cartridges.descriptor import CartridgeDescriptor
from iomconnector.hooks import hookimpl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iomconnector.cartridges.extensions import Extension

descriptor = CartridgeDescriptor(display_name="IOM Connector Order Export B2B")


@hookimpl
def iomconnector_extensions() -> Sequence[Extension]:
    """Bind to the order mapper."""
    from ac_iomconnector_orderexport.extension_points import BIND_ORDER, BIND_POSITION
    from ac_iomconnector_orderexport_b2b.business_attributes import bind_order, bind_position
    from iomconnector.cartridges.extensions import Extension

    return (Extension(BIND_ORDER.name, bind_order), Extension(BIND_POSITION.name, bind_position))
