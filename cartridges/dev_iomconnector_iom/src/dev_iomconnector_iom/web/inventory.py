"""ATP REST 2.0: what is available of products. [iom-api 4.2]"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from dev_iomconnector_iom.config import Right, ShopConfig, UserConfig
from dev_iomconnector_iom.contract.reservation import LONGEST_PRODUCT_ID, FieldError
from dev_iomconnector_iom.exact_json import dump
from dev_iomconnector_iom.fulfilment.accounts import instant
from dev_iomconnector_iom.inventory.stock import StockLevel
from dev_iomconnector_iom.store.orders import utc
from dev_iomconnector_iom.web.authentication import may
from dev_iomconnector_iom.web.context import Context, context_of

SERVICES_PATH = "/servlets/services"
_LARGEST_ID = (1 << 63) - 1


async def get_availability(request: Request) -> Response:
    """One entry for each product and location; the separators may be encoded or not."""
    context, user = identify(request)
    shop = shop_of(context, user, request.path_params["shop"], Right.ATP)
    products = list(filter(None, request.path_params["ids"].split(",")))
    errors = [
        FieldError("id", f"Product id {product[:100]} is longer than {LONGEST_PRODUCT_ID} characters")
        for product in products
        if len(product) > LONGEST_PRODUCT_ID
    ]
    own = request.query_params.get("resvId")
    if own is not None and int64(own) is None:
        errors.append(FieldError("resvId", "resvId must be an int64"))
    if errors or not products:
        return envelope(400, errors=errors or [FieldError("id", "At least one product id is needed")])
    inventory = context.inventory
    levels = inventory.stock.levels(shop.id, products, None if own is None else int64(own))
    unknown: list[FieldError] = []
    if context.config.inventory.unknown_products == "error":
        known = {level.product for level in levels}
        unknown = [
            FieldError("id", f"Product {product} is unknown") for product in products if product not in known
        ]
    return envelope(200, data=[_atp(level) for level in levels], errors=unknown)


def identify(request: Request) -> tuple[Context, UserConfig]:
    """Who asks; raises 401 for anything but Basic credentials that are right."""
    context = context_of(request)
    user = context.authenticator.identify_by_password(request.headers.get("authorization"))
    if user is None:
        raise HTTPException(401, headers={"WWW-Authenticate": 'Basic realm="IOM", charset="UTF-8"'})
    return context, user


class InvalidIdError(Exception):
    """A number in the path is no int64; the text is the name of the parameter."""


def shop_of(context: Context, user: UserConfig, text: str, right: Right) -> ShopConfig:
    """The shop of the path; raises InvalidIdError, or 403 without the right on it."""
    identity = int64(text)
    if identity is None:
        raise InvalidIdError("shopId")
    shop = context.shops.get(identity)
    if shop is None or not may(user, right, shop.id):
        raise HTTPException(403)
    return shop


def int64(text: str) -> int | None:
    """The number, or None where the text is no int64."""
    digits = text.removeprefix("-")
    if digits.isascii() and digits.isdigit() and len(digits) < 20 and int(digits) <= _LARGEST_ID:
        return int(text)
    return None


def envelope(
    status: int,
    *,
    data: Any = None,
    errors: Sequence[FieldError] = (),
    exceptions: Sequence[tuple[str, str]] = (),
) -> Response:
    """An answer in the form that all of inventory has. [iom-api 4.2]

    Arguments:
        status: The status.
        data: What was asked for; none where there is none.
        errors: What is wrong with fields.
        exceptions: Codes and messages.
    """
    document: dict[str, Any] = {
        "statusCode": status,
        "errors": [{"sourceField": error.field, "message": error.message} for error in errors],
        "exceptions": [{"code": code, "message": message} for code, message in exceptions],
    }
    if data is not None:
        document["data"] = data
    return Response(dump(document), status, media_type="application/json")


async def invalid_id(_request: Request, error: Exception) -> Response:
    """400 for a number that is none."""
    return envelope(400, errors=[FieldError(str(error), f"{error} must be an int64")])


def _atp(level: StockLevel) -> dict[str, Any]:
    return {
        "id": level.product,
        "location": level.location,
        "stock": level.stock,
        "reserved": level.reserved,
        "blocked": level.blocked,
        "atp": level.atp,
        "modificationDate": instant(utc(level.modified)),
        "state": level.state,
    }
