"""The inSPIRED sample organization, its channels and their applications."""
