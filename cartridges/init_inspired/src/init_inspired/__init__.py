"""The inSPIRED sample organization and its channels."""
