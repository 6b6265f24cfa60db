"""The face of the cartridge."""

from iomconnector.cartridges.descriptor import CartridgeDescriptor

descriptor = CartridgeDescriptor(display_name="IOM Connector Inventory")
