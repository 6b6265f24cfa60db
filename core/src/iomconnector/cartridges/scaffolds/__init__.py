"""The files from which ``cartridge new`` writes a cartridge: a frame and, on it, one folder a template."""
