"""Who acts at the command line."""

import os
from getpass import getuser


def acting_user() -> str:
    """The user of the operating system; its number where it has no name, as in some containers."""
    try:
        return getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"
