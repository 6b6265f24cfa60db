"""The face of the cartridge."""

from iomconnector.cartridges.descriptor import CartridgeDescriptor, CartridgeStyle

descriptor = CartridgeDescriptor(display_name="Init inSPIRED", style=CartridgeStyle.INIT)
