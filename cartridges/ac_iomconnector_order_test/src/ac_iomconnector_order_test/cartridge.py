"""The cartridge's face."""

from iomconnector.cartridges.descriptor import CartridgeDescriptor, CartridgeStyle

descriptor = CartridgeDescriptor(display_name="IOM order test kit", style=CartridgeStyle.TEST)
