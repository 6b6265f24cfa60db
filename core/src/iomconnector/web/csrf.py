"""That a request which changes something comes from a page of ours, and not from one that somebody lured a
signed-in person to."""

from __future__ import annotations

import hmac
from typing import Final
from urllib.parse import urlsplit

from fastapi import Request

from iomconnector.errors import ConnectorError

CSRF_FIELD: Final = "csrf_token"
CSRF_HEADER: Final = "X-CSRF-Token"
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class CsrfError(ConnectorError):
    """A request that changes something does not prove that it comes from a page of ours."""

    code = "session.csrf"


async def check_csrf(request: Request, expected: str) -> None:
    """Let a request through that carries the token of its session and comes from this site.

    The token stands in the form field ``csrf_token`` or in the header ``X-CSRF-Token``. Requests that change
    nothing (GET, HEAD, OPTIONS) need none.

    Arguments:
        request: The request; its form is read where the header is missing.
        expected: The token of its session.

    Raises:
        CsrfError: The token is missing or another one, or the browser says that the request comes from
            another site.
    """
    if request.method in SAFE_METHODS:
        return
    if not from_this_site(request):
        raise _refused("The request comes from another site.")
    given = request.headers.get(CSRF_HEADER) or await _from_form(request)
    if not given:
        raise _refused("The form has lost the token that belongs to your session.")
    if not hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode()):
        raise _refused("The form belongs to another session.")


async def _from_form(request: Request) -> str:
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in _FORMS:
        return ""
    value = (await request.form()).get(CSRF_FIELD)
    return value if isinstance(value, str) else ""


def from_this_site(request: Request) -> bool:
    """Whether a request comes from a page of this site, as far as the browser says; where it says nothing, it
    may. It is no proof for anything that needs a session."""
    fetch_site = request.headers.get("sec-fetch-site")
    if fetch_site is not None and fetch_site not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    return origin is None or (
        bool(netloc := urlsplit(origin).netloc) and netloc == request.headers.get("host")
    )


def _refused(reason: str) -> CsrfError:
    return CsrfError(f"{reason} Nothing was changed.", hint="Load the page again, then send it once more.")
