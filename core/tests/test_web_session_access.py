"""The helper by which authors find routes that they forgot to guard."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.staticfiles import StaticFiles

from iomconnector.application import Application
from iomconnector.testing.access_matrix import PUBLIC, open_to_anybody
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.sign_in_site import SiteCartridge, site_of
from iomconnector.web.app import create_web_application
from iomconnector.web.authentication import CurrentToken
from iomconnector.web.sessions import current_session, session_if_any

Systems = Callable[..., AbstractAsyncContextManager[Application]]

SIGN_IN_ROUTES = {"GET /site/sign-in", "POST /site/sign-in"}


@in_event_loop
async def test_a_site_that_guards_everything_is_open_to_nobody(application: Systems) -> None:
    async with site_of(application) as site:
        assert await open_to_anybody(site.web, public={*PUBLIC, *SIGN_IN_ROUTES}) == []


@in_event_loop
async def test_what_is_open_is_named(application: Systems, tmp_path: Path) -> None:
    inner, outer = APIRouter(), APIRouter(prefix="/shop")

    @inner.get("/{path:path}/{number}")
    async def forgotten(path: str, number: int) -> str:
        return path

    @inner.delete("/all", dependencies=[Depends(session_if_any)])
    async def only_looks(number: int) -> None: ...

    @inner.post("/guarded", dependencies=[Depends(current_session)])
    async def guarded(number: int) -> None: ...

    @inner.put("/program")
    async def program(token: CurrentToken, number: Annotated[int, Depends(lambda: 1)]) -> None: ...

    outer.include_router(inner, prefix="/inner")
    outer.mount("/static", StaticFiles(directory=tmp_path))
    async with application(SiteCartridge(outer)) as system:
        web = create_web_application(system)
        findings = await open_to_anybody(web, public={*PUBLIC, "GET /gone"})
    assert findings[0] == "GET /gone is said to be public, but does not exist"
    assert {finding.split(" answers ")[0].split(" is a ")[0] for finding in findings[1:]} == {
        "GET /shop/inner/{path}/{number}",
        "DELETE /shop/inner/all",
        "MOUNT /static",
    }
    assert len(findings) == 1 + 4 + 4 + 1
