"""Sample customers, products and stock of the inSPIRED organization."""
