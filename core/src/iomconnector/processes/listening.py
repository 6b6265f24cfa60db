"""Sockets on which a process listens."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from iomconnector.errors import ConfigurationError

BACKLOG = 2048


class AddressNotAvailableError(ConfigurationError):
    """A process cannot listen where it should: the port is taken, or the address is not here."""

    code = "serve.address_not_available"


@contextmanager
def listening(host: str, port: int, *, mend: str) -> Iterator[socket.socket]:
    """A socket that listens for the length of the block.

    Arguments:
        host: The address.
        port: The port; 0 takes a free one.
        mend: How to choose another address, for the error.

    Raises:
        AddressNotAvailableError: The address or port cannot be had.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.create_server(address[:2], family=family, backlog=BACKLOG)
    except OSError as error:
        raise AddressNotAvailableError(
            f"Port {port} of {host} cannot be had: {_reason(error)}.",
            hint=f"{mend}, or stop the process that listens there.",
            host=host,
            port=port,
        ) from error
    with listener:
        yield listener


def url_of(listener: socket.socket) -> str:
    """The URL at which a socket is reached."""
    address, port = listener.getsockname()[:2]
    return f"http://[{address}]:{port}" if ":" in address else f"http://{address}:{port}"


def _reason(error: OSError) -> str:
    """Why, without what :func:`socket.create_server` adds to it."""
    return str(error.strerror).partition(" (while ")[0]
