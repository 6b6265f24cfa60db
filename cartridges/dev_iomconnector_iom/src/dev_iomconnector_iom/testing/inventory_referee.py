"""The official documents of inventory watch every exchange; needs the extra ``testing``."""

from __future__ import annotations

import re
from collections.abc import MutableSequence
from typing import Any, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dev_iomconnector_iom.exact_json import MalformedJsonError, parse
from dev_iomconnector_iom.testing.official import inventory_complaints

_ATP: Final = re.compile(r"/servlets/services/atp/-?\d+/[^/]+")
_RESERVATION: Final = re.compile(r"/servlets/services/reservation/-?\d+")
_STATUSES: Final = {
    "GET atp": {200, 400, 401, 403, 415, 500},
    "POST reservation": {200, 201, 400, 401, 403, 415, 500},
    "GET reservation": {200, 400, 401, 404, 500},
    "PUT reservation": {201, 400, 401, 404, 500},
    "DELETE reservation": {204, 400, 401, 404, 500},
}
"""As declared; 201 of POST is in the published text alone, and 403 of all of them is plain. [iom-api 4.3]"""


class InventoryReferee:
    """Judges paths, statuses and bodies of ATP and reservations, and leaves the traffic as it is.

    Arguments:
        app: The application to watch.
        record: Receives what is wrong with each exchange, nothing where nothing is, before the answer leaves.
    """

    def __init__(self, app: ASGIApp, *, record: MutableSequence[list[str]]) -> None:
        self._app = app
        self._record = record

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/servlets/services/"):
            await self._app(scope, receive, send)
            return
        sent, answered = bytearray(), bytearray()
        status = 0

        async def watch_request() -> Message:
            message = await receive()
            sent.extend(message.get("body", b""))
            return message

        async def watch_answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            else:
                answered.extend(message.get("body", b""))
                if not message.get("more_body", False):
                    self._record.append(
                        _complaints(scope["method"], scope["path"], bytes(sent), status, bytes(answered))
                    )
            await send(message)

        await self._app(scope, watch_request, watch_answer)


def _complaints(method: str, path: str, sent: bytes, status: int, answered: bytes) -> list[str]:
    api = "atp" if _ATP.fullmatch(path) else "reservation" if _RESERVATION.fullmatch(path) else ""
    declared = _STATUSES.get(f"{method} {api}")
    if declared is None:
        return [f"{method} {path} is no operation of inventory"]
    found = [] if status in declared | {403} else [f"{method} {path}: {status} is not declared"]
    try:
        if status < 400 and method in {"POST", "PUT"}:
            found += inventory_complaints(parse(sent), "ReservationRequest", api)
        if answered:
            found += _of_answer(parse(answered), api)
    except MalformedJsonError as error:
        found.append(f"{method} {path}: {error}")
    return found


def _of_answer(document: Any, api: str) -> list[str]:
    found = inventory_complaints(
        document, "HttpResponseListAtp" if api == "atp" else "HttpResponseReservation", api
    )
    for entry in document.get("data") or () if api == "atp" else ():
        if entry["atp"] != entry["stock"] - entry["blocked"] - entry["reserved"]:
            found.append(f"atp of {entry['id']} is not stock - blocked - reserved")
    return found
