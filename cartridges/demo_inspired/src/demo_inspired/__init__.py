"""The inSPIRED sample organization: channels, customers, orders."""
