"""Sample customers of the inSPIRED organization."""
