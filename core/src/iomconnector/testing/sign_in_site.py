"""A small site with people who sign in, for the tests of sessions."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Form, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from iomconnector.application import Application
from iomconnector.hooks import hookimpl
from iomconnector.model.accounts import Role
from iomconnector.testing.browser import Answer, Browser
from iomconnector.testing.sign_in_stage import PASSWORD
from iomconnector.usecases.password_proof import SignInRefusedError
from iomconnector.web.app import create_web_application
from iomconnector.web.authentication import CurrentApplication, CurrentToken
from iomconnector.web.sessions import (
    SIGN_IN_ROUTE,
    CurrentSession,
    Session,
    clear_session_cookie,
    client_of,
    csrf_checked,
    current_session,
    local_path,
    require_role,
    session_token,
    set_session_cookie,
    visit_checked,
    visit_of,
)

HOME = "/site/home"
SIGN_IN = "/site/sign-in"

router = APIRouter(prefix="/site")


@router.get("/sign-in", name=SIGN_IN_ROUTE)
async def form(request: Request) -> Response:
    """The form to sign in: nothing but its token."""
    visit = visit_of(request)
    page = HTMLResponse(visit.csrf_token)
    visit.keep(page, request)
    return page


@router.post("/sign-in", dependencies=[Depends(visit_checked)])
async def sign_in(
    request: Request,
    application: CurrentApplication,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
) -> Response:
    """Open a session, and lead to where the parameter ``next`` says."""
    try:
        session = await application.sign_in.sign_in(
            name, password, client=client_of(request), replacing=session_token(request)
        )
    except SignInRefusedError as error:
        return HTMLResponse(str(error), status_code=401)
    answer = RedirectResponse(local_path(request.query_params.get("next"), HOME), status_code=303)
    set_session_cookie(answer, request, session)
    return answer


@router.post("/sign-out", dependencies=[Depends(current_session)])
async def sign_out(request: Request, application: CurrentApplication) -> Response:
    """End the session."""
    await application.sign_in.sign_out(session_token(request))
    answer = RedirectResponse(SIGN_IN, status_code=303)
    clear_session_cookie(answer, request)
    return answer


@router.get("/home")
async def home(session: CurrentSession) -> Response:
    """The name of who is signed in."""
    return HTMLResponse(session.account.name)


@router.get("/data")
async def data(session: CurrentSession) -> Response:
    """The same for a script, with a header that would let others store it."""
    return JSONResponse({"name": session.account.name}, headers={"Cache-Control": "public"})


@router.post("/change")
@router.put("/change")
@router.patch("/change")
@router.delete("/change")
async def change(session: Annotated[Session, Depends(require_role(Role.OPERATOR))]) -> Response:
    """A change that needs a role."""
    return JSONResponse({"changed by": session.account.name})


@router.post("/named", dependencies=[Depends(csrf_checked)])
async def named(value: Annotated[str, Form()]) -> Response:
    """Take a form with a field of its own."""
    return JSONResponse({"value": value})


@router.get("/items/{number}", dependencies=[Depends(current_session)])
async def item(number: int) -> Response:
    """A page with a parameter."""
    return JSONResponse({"number": number})


@router.get("/program")
async def program(token: CurrentToken) -> Response:
    """What programs ask for, with an access token."""
    return JSONResponse({"program": token.name})


class SiteCartridge:
    """Offers the site.

    Arguments:
        routers: Other routers to offer in its place.
    """

    def __init__(self, *routers: APIRouter) -> None:
        self._routers = routers or (router,)

    @hookimpl
    def iomconnector_routers(self, application: Application) -> Sequence[APIRouter]:
        return list(self._routers)


@dataclass
class Site:
    """The site, with an account of each role that bears its name, and a browser.

    Arguments:
        application: The system.
        web: Its web application.
        browser: The browser.
        csrf: The token of the session that the browser has.
    """

    application: Application
    web: FastAPI
    browser: Browser
    csrf: str = ""

    def another_browser(self, site: str = "http://shop.example", client: str = "192.0.2.2") -> "Site":
        """The same site, seen by somebody else."""
        return Site(self.application, self.web, Browser(self.web, site, client))

    async def sign_in(self, name: str = "operator", password: str = PASSWORD, path: str = SIGN_IN) -> Answer:
        """Ask for the form, fill it in and send it."""
        form = {"csrf_token": (await self.browser.get(SIGN_IN)).text, "name": name, "password": password}
        answer = await self.browser.post(path, form)
        session = await self.application.sign_in.recognize(self.token)
        self.csrf = session.csrf_token if session else ""
        return answer

    @property
    def token(self) -> str:
        """The token of the session that the browser has."""
        return next((value for name, value in self.browser.cookies.items() if name.endswith("_session")), "")


@asynccontextmanager
async def site_of(
    application: Callable[..., AbstractAsyncContextManager[Application]], **settings: Any
) -> AsyncIterator[Site]:
    """The site on a fresh database; hashing passwords costs nothing there."""
    cheap = {"password_memory_kib": 32, "password_passes": 1}
    async with application(SiteCartridge(), **cheap, **settings) as system:
        for role in Role:
            await system.accounts.add(role.value, PASSWORD, role, by="test")
        web = create_web_application(system)
        yield Site(system, web, Browser(web))
