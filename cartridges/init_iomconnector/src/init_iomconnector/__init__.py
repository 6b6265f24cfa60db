"""The IOM services of the assembly, enabled for its organizations."""
