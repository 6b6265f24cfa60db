"""Errors for people whose browser asked for a page that no cartridge explains."""

from __future__ import annotations

from html import escape
from http import HTTPStatus

from fastapi import Request
from fastapi.responses import HTMLResponse

from iomconnector.web.security_headers import PAGE_HEADERS


def wants_page(request: Request) -> bool:
    """Whether a browser asked, which shows pages to people: programs get JSON."""
    return (
        "text/html" in request.headers.get("accept", "").lower()
        and "authorization" not in request.headers
        and "hx-request" not in request.headers
    )


def plain_page(status: int, message: str, hint: str) -> HTMLResponse:
    """A page that tells what went wrong, without any decoration."""
    title = escape(HTTPStatus(status).phrase)
    text = (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>'
        f"<body><main><h1>{title}</h1><p>{escape(message)}</p><p>{escape(hint)}</p></main></body></html>"
    )
    return HTMLResponse(text, status_code=status, headers=PAGE_HEADERS)
