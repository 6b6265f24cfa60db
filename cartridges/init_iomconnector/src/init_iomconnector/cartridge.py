"""The face of the cartridge."""

from iomconnector.cartridges.descriptor import CartridgeDescriptor, CartridgeStyle

descriptor = CartridgeDescriptor(display_name="Init IOM Connector", style=CartridgeStyle.INIT)
