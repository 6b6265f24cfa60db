"""What the handlers share, and the questions that every request has to answer first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from dev_iomconnector_iom.clock import OrderClock
from dev_iomconnector_iom.config import Right, ShopConfig, StandInConfig, UserConfig
from dev_iomconnector_iom.contract.intake import RefusedError
from dev_iomconnector_iom.contract.versions import BASE_PATH, MEDIA_TYPE
from dev_iomconnector_iom.contract.violations import INVALID_PARAMETER, Violation
from dev_iomconnector_iom.exact_json import dump
from dev_iomconnector_iom.inventory import Inventory
from dev_iomconnector_iom.store.change_requests import ChangeRequestTable
from dev_iomconnector_iom.store.database import Database
from dev_iomconnector_iom.store.orders import OrderTable, StoredOrder
from dev_iomconnector_iom.web.authentication import Authenticator, may
from dev_iomconnector_iom.web.segments import quote_segment

_LARGEST_ID = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Context:
    """The parts of a running stand-in."""

    config: StandInConfig
    shops: dict[int, ShopConfig]
    authenticator: Authenticator
    database: Database
    orders: OrderTable
    change_requests: ChangeRequestTable
    clock: OrderClock
    inventory: Inventory


def context_of(request: Request) -> Context:
    """The stand-in that the request came to."""
    return cast("Context", request.app.state.context)


def authorize(request: Request, right: Right) -> tuple[Context, UserConfig, ShopConfig]:
    """The user and the shop of the request.

    Raises:
        HTTPException: 401 without valid credentials, 403 without the right on that shop.
        RefusedError: The shop id is no int64.
    """
    context = context_of(request)
    user = context.authenticator.identify(request.headers.get("authorization"))
    if user is None:
        raise HTTPException(401, headers={"WWW-Authenticate": 'Basic realm="IOM", charset="UTF-8"'})
    text = request.path_params["shop"]
    if not (
        text.isascii() and text.lstrip("-").isdigit() and len(text) < 21 and abs(int(text)) <= _LARGEST_ID
    ):
        raise RefusedError(
            Violation(INVALID_PARAMETER, "Parameter shopId must be an int64", "shopId", "type", text[:100])
        )
    shop = context.shops.get(int(text))
    if shop is None or not may(user, right, shop.id):
        raise HTTPException(403)
    return context, user, shop


def require_accept(request: Request) -> None:
    """Raise 406 unless the ``Accept`` header takes the vendor type; operations that declare 406 call it."""
    header = request.headers.get("accept", "*/*")
    for part in header.split(","):
        media_range, *parameters = (piece.strip().lower() for piece in part.split(";"))
        if media_range in ("*/*", "application/*", MEDIA_TYPE) and not any(map(_is_zero_quality, parameters)):
            return
    raise HTTPException(406)


def require_vendor_body(request: Request) -> None:
    """Raise 415 unless the body has the vendor type, in UTF-8 where a charset is named."""
    media_type, *parameters = request.headers.get("content-type", "").lower().split(";")
    charsets = [
        part.partition("=")[2].strip(' "') for part in parameters if part.strip().startswith("charset")
    ]
    if media_type.strip() != MEDIA_TYPE or any(name not in ("utf-8", "utf8") for name in charsets):
        raise HTTPException(415)


async def read_body(request: Request) -> bytes:
    """The body of the request; raises 413 if it is longer than the configuration allows."""
    longest = context_of(request).config.max_body_bytes
    chunks: list[bytes] = []
    length = 0
    async for chunk in request.stream():
        chunks.append(chunk)
        length += len(chunk)
        if length > longest:
            raise HTTPException(413)
    return b"".join(chunks)


def base_url(request: Request) -> str:
    """What absolute URLs begin with, without trailing slash."""
    configured = context_of(request).config.public_url
    return configured.rstrip("/") if configured else f"{request.url.scheme}://{request.url.netloc}"


def created(request: Request, *segments: str) -> Response:
    """201 with the Location of the new resource and no body."""
    path = BASE_PATH + "".join(f"/{quote_segment(segment)}" for segment in segments)
    if context_of(request).config.location == "absolute":
        path = base_url(request) + path
    return Response(status_code=201, headers={"location": path})


def vendor_json(document: dict[str, Any] | list[Any]) -> Response:
    """200 with a document of the vendor type."""
    return Response(dump(document), media_type=MEDIA_TYPE)


def find_order(context: Context, shop: ShopConfig, request: Request) -> StoredOrder | None:
    """The order that the path names, or None."""
    return context.orders.get(shop.id, request.path_params["number"])


def _is_zero_quality(parameter: str) -> bool:
    name, _, value = parameter.partition("=")
    return name.strip() == "q" and value.strip().rstrip("0").rstrip(".") in ("", "0")
