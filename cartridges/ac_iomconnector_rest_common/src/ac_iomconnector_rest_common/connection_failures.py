"""Why no complete answer came, and whether the request can have arrived."""

import ssl
from collections.abc import Iterator
from typing import Final

import aiohttp
import httpx

from ac_iomconnector_common.connection import ConnectionSettings

BROKEN_EXCHANGE: Final = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, aiohttp.ClientError, OSError)
"""What a wire raises instead of an answer."""

_NOTHING_SENT_BY_AIOHTTP: Final = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.InvalidURL,
    aiohttp.NonHttpUrlClientError,
)
_NOTHING_SENT_BY_HTTPX: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)


def nothing_was_sent(error: Exception) -> bool:
    """Whether the request surely did not leave this machine. In doubt it did.

    Where a transport of httpx wraps what aiohttp raised, as httpx-aiohttp does, aiohttp's word counts: every
    lost connection is an ``httpx.ConnectTimeout`` then.
    """
    raised = _raised(error)
    return isinstance(raised, (*_NOTHING_SENT_BY_AIOHTTP, *_NOTHING_SENT_BY_HTTPX))


def reason(error: BaseException) -> str:
    """What happened, in the words of the innermost error that has any."""
    worded = [link for link in _chain(error) if str(link)]
    if not worded:
        return "the time-outs passed" if isinstance(error, TimeoutError) else type(error).__name__
    return f"{type(worded[-1]).__name__}: {worded[-1]}"


def what_to_check(error: BaseException, settings: ConnectionSettings) -> str:
    """What to look at where no connection came about."""
    links = tuple(_chain(error))
    if any(isinstance(link, ssl.SSLCertVerificationError) for link in links):
        return "Check the certificate of IOM, or name its certificate authority in ca_file."
    if any(isinstance(link, ssl.SSLError) for link in links):
        return f"Check that TLS is spoken at {settings.base_url}, or correct base_url."
    if any(isinstance(link, aiohttp.ClientConnectorDNSError) for link in links):
        return f"Check the host name in base_url ({settings.base_url}) and the name service of this machine."
    if isinstance(_raised(error), TimeoutError | httpx.TimeoutException):
        return (
            f"Check that IOM answers at {settings.base_url} and no firewall is between; "
            f"or all {settings.max_connections} connections are busy."
        )
    return f"Check that IOM runs and listens at {settings.base_url}."


def _raised(error: BaseException) -> BaseException:
    """What aiohttp raised, where it was aiohttp; otherwise the error itself."""
    return next((link for link in _chain(error) if isinstance(link, aiohttp.ClientError)), error)


def _chain(error: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = error
    while link is not None:
        yield link
        link = link.__cause__
