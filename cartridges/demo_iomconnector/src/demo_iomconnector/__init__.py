"""Settings of the IOM services for the inSPIRED sample organization."""
