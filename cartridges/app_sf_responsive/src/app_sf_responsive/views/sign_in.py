"""Sign in and sign out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from app_sf_responsive.error_pages import PageRoute
from app_sf_responsive.recognition import AnyVisitor, SignedIn
from app_sf_responsive.shop_templates import SHOP
from app_sf_responsive.visitor import SHOP as BELOW
from app_sf_responsive.visitor import Customer, Visitor
from iomconnector.usecases.password_proof import SignInRefusedError
from iomconnector.web.csrf import CsrfError
from iomconnector.web.customer_sessions import (
    clear_customer_cookie,
    customer_token,
    set_customer_cookie,
)
from iomconnector.web.sessions import client_of, local_path, visit_checked, visit_of

router = APIRouter(prefix=BELOW, route_class=PageRoute, include_in_schema=False)


@router.get("/{channel}/sign-in")
async def sign_in_form(visitor: AnyVisitor) -> Response:
    """The form to sign in; who is signed in already goes on."""
    query = visitor.request.query_params
    wanted = wanted_path(visitor, query.get("next"))
    if isinstance(visitor, Customer):
        return RedirectResponse(wanted, status_code=303)
    return await _form(
        visitor, wanted=wanted, ended="next" in query, signed_out=query.get("done") == "signed-out"
    )


@router.post("/{channel}/sign-in")
async def sign_in(
    visitor: AnyVisitor,
    login: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    wanted: Annotated[str, Form(alias="next")] = "",
) -> Response:
    """Open a session, and go on to the page that was wanted."""
    request = visitor.request
    back = wanted_path(visitor, wanted)
    try:
        await visit_checked(request)
        session = await visitor.application.customer_sign_in.sign_in(
            visitor.channel.id,
            login,
            password,
            client=client_of(request),
            replacing=customer_token(request, visitor.channel.id),
        )
    except CsrfError:
        return await _form(visitor, wanted=back, login=login, refused="form", status=403)
    except SignInRefusedError:
        return await _form(visitor, wanted=back, login=login, refused="login", status=401)
    answer = RedirectResponse(back, status_code=303)
    set_customer_cookie(answer, request, session)
    return answer


@router.post("/{channel}/sign-out")
async def sign_out(customer: SignedIn) -> Response:
    """End the session."""
    request = customer.request
    channel = customer.channel.id
    await customer.application.customer_sign_in.sign_out(channel, customer_token(request, channel))
    answer = RedirectResponse(customer.path("sign-in", done="signed-out"), status_code=303)
    clear_customer_cookie(answer, request, channel)
    return answer


def wanted_path(visitor: Visitor, wanted: str | None) -> str:
    """Where to go after signing in: a page of this storefront."""
    front = visitor.path("account")
    path = local_path(wanted, front)
    return path if path.startswith(f"{visitor.path()}/") else front


async def _form(
    visitor: Visitor,
    *,
    wanted: str,
    login: str = "",
    ended: bool = False,
    signed_out: bool = False,
    refused: str = "",
    status: int = 200,
) -> Response:
    visit = visit_of(visitor.request)
    page = await SHOP.page(
        visitor,
        "sign_in.html",
        status=status,
        wanted=wanted,
        login=login,
        ended=ended,
        signed_out=signed_out,
        refused=refused,
        csrf_token=visit.csrf_token,
    )
    visit.keep(page, visitor.request)
    return page
