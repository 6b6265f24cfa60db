"""What every answer tells the browser."""

import base64
import hashlib
import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from iomconnector.application import Application
from iomconnector.testing.browser import Browser
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.sign_in_site import HOME, SIGN_IN, SiteCartridge, site_of
from iomconnector.web.app import create_web_application
from iomconnector.web.security_headers import PAGE_HEADERS

Systems = Callable[..., AbstractAsyncContextManager[Application]]


def policy(text: str | None) -> dict[str, list[str]]:
    assert text is not None
    return {name: values for name, *values in (part.split() for part in text.split(";"))}


@in_event_loop
async def test_pages_carry_the_headers_whoever_sees_them(application: Systems) -> None:
    async with site_of(application) as site:
        await site.sign_in()
        for path, status in ((SIGN_IN, 200), (HOME, 200), ("/nowhere", 404), ("/site/items/x", 422)):
            page = await site.browser.get(path)
            assert page.status == status
            assert page.header("content-type") == "text/html; charset=utf-8"
            assert page.header("x-content-type-options") == "nosniff"
            for name, value in PAGE_HEADERS.items():
                assert page.header(name) == value


def test_scripts_and_styles_are_files_of_this_site_and_nobody_frames_a_page() -> None:
    parts = policy(PAGE_HEADERS["Content-Security-Policy"])
    assert parts["default-src"] == ["'none'"]
    assert parts["script-src"] == parts["style-src"] == parts["form-action"] == ["'self'"]
    assert parts["frame-ancestors"] == parts["base-uri"] == ["'none'"]


@in_event_loop
async def test_what_is_for_somebody_signed_in_is_stored_nowhere(application: Systems) -> None:
    async with site_of(application) as site:
        await site.sign_in()
        assert (await site.browser.get("/site/data")).header("cache-control") == "no-store"
        assert (await site.browser.get("/health")).header("cache-control") is None


@in_event_loop
async def test_a_page_may_have_a_policy_of_its_own(application: Systems) -> None:
    router = APIRouter()

    @router.get("/own")
    async def own() -> HTMLResponse:
        own = {"Content-Security-Policy": "default-src 'self'", "Cache-Control": "max-age=60"}
        return HTMLResponse("own", headers=own)

    async with application(SiteCartridge(router)) as system:
        page = await Browser(create_web_application(system)).get("/own")
        assert page.header("content-security-policy") == "default-src 'self'"
        assert page.header("cache-control") == "max-age=60"
        assert page.header("x-frame-options") == "DENY"


@in_event_loop
async def test_a_page_that_fails_unexpectedly_is_a_page_with_all_headers(application: Systems) -> None:
    router = APIRouter()

    @router.get("/broken")
    async def broken() -> HTMLResponse:
        raise RuntimeError("<script>secret</script>")

    async with application(SiteCartridge(router)) as system:
        browser = Browser(create_web_application(system))
        try:
            await browser.get("/broken")
        except RuntimeError:
            page = browser.last
        assert page is not None
        assert (page.status, page.header("content-type")) == (500, "text/html; charset=utf-8")
        assert page.header("content-security-policy") == PAGE_HEADERS["Content-Security-Policy"]
        assert "secret" not in page.text


@in_event_loop
async def test_an_error_page_shows_what_was_asked_for_as_text(application: Systems) -> None:
    async with site_of(application) as site:
        page = await site.browser.get("/<script>alert(1)</script>")
        assert page.status == 404
        assert "<script>" not in page.text
        assert "&lt;script&gt;" in page.text


@in_event_loop
async def test_programs_get_problems_as_ever(application: Systems) -> None:
    async with site_of(application) as site:
        for accept in ("application/json", "*/*"):
            answer = await site.browser.send("GET", "/nowhere", headers={"accept": accept})
            assert (answer.status, answer.json["code"]) == (404, "http.not_found")
        by_token = {"accept": "text/html", "authorization": "Bearer x"}
        assert (await site.browser.send("GET", "/nowhere", headers=by_token)).json["code"] == "http.not_found"


@in_event_loop
async def test_the_description_of_the_api_runs_nothing_but_what_is_pinned(application: Systems) -> None:
    async with site_of(application) as site:
        page = await site.browser.get("/docs")
        assert page.status == 200
        parts = policy(page.header("content-security-policy"))
        assert parts["default-src"] == ["'none'"]
        assert "'unsafe-inline'" not in parts["script-src"]
        inline = re.findall(r"<script>(.*?)</script>", page.text, re.DOTALL)
        hashed = [base64.b64encode(hashlib.sha256(each.encode()).digest()).decode() for each in inline]
        elsewhere = re.findall(r'<script src="([^"]+)" integrity="sha384-[\w+/=]{64}" crossorigin', page.text)
        assert parts["script-src"] == [*elsewhere, *(f"'sha256-{each}'" for each in hashed)]
        assert page.text.count("<script") == len(inline) + len(elsewhere) == 2
        assert "/openapi.json" in inline[0]
        description = await site.browser.get("/openapi.json")
        assert "/site/change" in description.json["paths"]
        assert (await site.browser.get("/redoc")).status == 404
