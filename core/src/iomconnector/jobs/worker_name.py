"""The name by which people find a process again: in leases, attempts, logs and metrics."""

import os
import secrets
import socket


def worker_name() -> str:
    """A name that no other process has: host, process id, and a random part for ids that come again."""
    return f"{socket.gethostname()[:200]}/{os.getpid()}/{secrets.token_hex(3)}"
