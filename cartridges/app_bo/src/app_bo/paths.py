"""Addresses of pages."""

from __future__ import annotations

from urllib.parse import quote, urlencode


def service_path(service: str, part: str = "", **query: str) -> str:
    """The address of a configuration, or of a part of its pages."""
    path = f"/bo/services/{quote(service, safe='/@')}{f'/{part}' if part else ''}"
    given = {name: text for name, text in query.items() if text}
    return f"{path}?{urlencode(given)}" if given else path


def overview_path(context: str, **query: str) -> str:
    """The address of the overview of a context, and of a part of it."""
    given = {name: text for name, text in query.items() if text}
    return f"/bo/services?{urlencode({'context': context, **given})}"


def order_path(channel: str, number: str, part: str = "orders") -> str:
    """The address of an order, or of a page about it.

    Arguments:
        channel: The channel of the order.
        number: Its number.
        part: ``orders``, or ``corrections`` for the page that corrects it.
    """
    return f"/bo/{part}/{quote(channel, safe='')}/{quote(number, safe='/')}"
