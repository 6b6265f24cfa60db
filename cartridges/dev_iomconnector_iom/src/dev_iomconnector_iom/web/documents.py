"""The document servlet: the PDF files that download links lead to."""

from __future__ import annotations

import asyncio

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from dev_iomconnector_iom.fulfilment.pdf import render
from dev_iomconnector_iom.web.context import context_of
from dev_iomconnector_iom.web.download_links import LinkMaker, file_name, order_and_index


async def download(request: Request) -> Response:
    """The PDF of a document; 403 for a wrong key, 404 if the document went away. Needs no credentials."""
    context = context_of(request)
    kind = request.path_params["kind"]
    query = request.query_params
    try:
        number, shop = int(query["i"]), int(query["s"])
    except (KeyError, ValueError):
        raise HTTPException(404) from None
    links = LinkMaker(context.config.jwt_secret.get_secret_value())
    if request.path_params["file"] != file_name(kind):
        raise HTTPException(404)
    if not links.opens(query.get("k", ""), kind, number, shop):
        raise HTTPException(403)
    identity, index = order_and_index(number)
    order = context.orders.by_id(identity)
    if order is None or index >= len(order.progress.documents):
        raise HTTPException(404)
    name = context.shops[order.shop].name
    pdf = await asyncio.to_thread(render, order.progress.documents[index], name)
    headers = {"content-disposition": f'inline; filename="{file_name(kind)}"'}
    return Response(pdf, media_type="application/pdf", headers=headers)
