"""The template of a cartridge that binds to the order mapper, for ``cartridge new --hook OrderMapper...``."""

from pathlib import Path

from iomconnector.cartridges.templates import CartridgeTemplate

ORDER_MAPPER = CartridgeTemplate(
    "order-mapper",
    "changes the document that IOM gets of an order.",
    Path(__file__).parent / "templates" / "order_mapper",
    ("OrderMapper.bindPayment", "OrderMapper.bindOrder", "OrderMapper.bindPosition"),
    requires=("iomconnector", "ac-iomconnector-orderexport"),
)
