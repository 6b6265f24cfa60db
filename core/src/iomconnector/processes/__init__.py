"""What every process of the system does: begin, tell how it is, and end in order."""
