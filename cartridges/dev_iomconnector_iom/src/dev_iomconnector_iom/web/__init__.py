"""The HTTP face of the stand-in: Order REST and the document servlet."""
