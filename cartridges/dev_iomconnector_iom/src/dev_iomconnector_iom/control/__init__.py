"""The control interface: what tests and demos do to the stand-in behind the back of its clients."""
