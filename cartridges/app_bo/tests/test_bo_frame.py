"""What all pages have in common: headers, errors, files, theme, sign-in and the way back."""

import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import structlog

from app_bo.assets import ASSETS
from app_bo.testing.desk import Desk
from app_bo.testing.office import PASSWORD
from iomconnector.errors import StorageError
from iomconnector.services.managed import ManagedServices
from iomconnector.testing.event_loop import in_event_loop

OpenDesk = Callable[..., AbstractAsyncContextManager[Desk]]
TEMPLATES = Path(__file__).parents[1] / "src" / "app_bo" / "templates"

PAGES = (
    "/bo/sign-in",
    "/bo/services",
    "/bo/services/mail",
    "/bo/services/mail/edit",
    "/bo/new-service",
    "/bo/service-types",
    "/bo/audit",
    "/bo/assembly",
    "/bo/cartridges/cartridge",
    "/bo/hooks",
    "/bo/preparation",
    "/bo/order-numbers",
    "/bo/accounts",
    "/bo/accounts/rita",
    "/bo/own-account",
)


@in_event_loop
async def test_no_page_is_stored_framed_or_runs_foreign_scripts(desk: OpenDesk) -> None:
    async with desk() as office:
        signed_in, nobody = await office.visitor("ada"), await office.visitor()
        for path in [*PAGES, "/bo/nowhere"]:
            visitor = nobody if path == "/bo/sign-in" else signed_in
            headers = (await visitor.get(path)).headers
            assert headers["cache-control"] == "no-store", path
            assert headers["x-frame-options"] == "DENY", path
            policy = headers["content-security-policy"]
            assert "default-src 'none'" in policy, path
            assert "unsafe" not in policy, path


@in_event_loop
async def test_the_root_leads_to_the_back_office(desk: OpenDesk) -> None:
    async with desk() as office:
        page = await (await office.visitor()).get("/")
        assert (page.status, page.location) == (303, "/bo")


def test_no_template_has_scripts_styles_or_handlers_within() -> None:
    for template in TEMPLATES.glob("*.html"):
        text = template.read_text()
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", text), template.name


@in_event_loop
async def test_every_form_that_is_posted_carries_a_token(desk: OpenDesk) -> None:
    async with desk() as office:
        for name in ("", "ada"):
            visitor = await office.visitor(name)
            for path in PAGES:
                for form in re.findall(
                    r"<form[^>]*method=\"post\".*?</form>", (await visitor.get(path)).html, re.S
                ):
                    assert 'name="csrf_token"' in form or 'action="/bo/theme"' in form, (path, form)


@in_event_loop
async def test_files_are_kept_for_good_by_their_content(desk: OpenDesk) -> None:
    async with desk() as office:
        visitor = await office.visitor()
        for name, asset in ASSETS.all.items():
            fresh = await visitor.get(ASSETS.path(name))
            assert "immutable" in fresh.headers["cache-control"]
            assert fresh.headers["content-type"].startswith(asset.media_type)
            other = await visitor.get(f"/bo/static/0000/{name}")
            assert (other.status, other.headers["cache-control"]) == (200, "no-cache")
        assert (await visitor.get("/bo/static/0/../cartridge.py")).status in {303, 404}
        assert (await visitor.get("/bo/static/0/secret.key")).status == 404


@in_event_loop
async def test_an_address_that_leads_nowhere_is_said_with_the_id_of_the_case(desk: OpenDesk) -> None:
    async with desk() as office:
        visitor = await office.visitor("rita")
        for path in ("/bo/nowhere", "/bo/services/none", "/bo/cartridges/none", "/bo/services?context=none"):
            page = await visitor.get(path)
            assert page.status == 404
            assert re.search(r"Case [0-9a-f]{12}\b", page.text), page
            assert "Rita Reader" in page.text, "the menu is still there"


@in_event_loop
async def test_an_address_with_a_zero_asks_no_database(
    desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object) -> None:
        raise StorageError("PostgreSQL takes no zero in a text.")

    async with desk() as office:
        visitor = await office.visitor("ada")
        monkeypatch.setattr(ManagedServices, "get", refuse)
        for path in (
            "/bo/services/%00",
            "/bo/services/%00/edit",
            "/bo/audit?subject=%00",
            "/bo/audit?context=%00",
        ):
            assert (await visitor.get(path)).status == 404, path
        assert (await visitor.post("/bo/services/a%00b/test")).status == 404


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (RuntimeError("the hidden reason"), 500, "The page failed unexpectedly."),
        (StorageError("the hidden reason"), 503, "Nothing was changed."),
    ],
)
@in_event_loop
async def test_a_failure_is_a_page_and_its_reason_is_in_the_log_alone(
    desk: OpenDesk, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, words: str
) -> None:
    async def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(ManagedServices, "overview", fail)
    async with desk() as office:
        visitor = await office.visitor("ada")
        with structlog.testing.capture_logs() as logged:
            page = await visitor.get("/bo/services")
    assert (page.status, words in page.text) == (status, True)
    assert "hidden reason" not in page.html
    case = re.search(r"Case ([0-9a-f]{12})", page.text)
    assert case is not None
    [entry] = [entry for entry in logged if entry.get("case") == case[1]]
    assert entry["exc_info"] is error


@in_event_loop
async def test_the_theme_is_kept_and_goes_back_to_this_site_only(desk: OpenDesk) -> None:
    async with desk() as office:
        visitor = await office.visitor()
        assert "data-theme=" not in (await visitor.get("/bo/sign-in")).html
        page = await visitor.post("/bo/theme", {"theme": "dark", "back": "/bo/audit?about=x"})
        assert (page.status, page.location) == (303, "/bo/audit?about=x")
        assert 'data-theme="dark"' in (await visitor.get("/bo/sign-in")).html
        for foreign in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
            assert (await visitor.post("/bo/theme", {"theme": "light", "back": foreign})).location == "/bo"
        await visitor.post("/bo/theme", {"theme": "<script>", "back": "/bo"})
        assert 'data-theme="light"' in (await visitor.get("/bo/sign-in")).html


@in_event_loop
async def test_signing_in_leads_to_the_page_that_was_wanted(desk: OpenDesk) -> None:
    async with desk() as office:
        visitor = await office.visitor()
        page = await visitor.get("/bo/audit?subject=mail")
        assert page.status == 303
        form = await visitor.get(page.location)
        assert parse_qs(urlsplit(page.location).query)["next"] == ["/bo/audit?subject=mail"]
        signed_in = await visitor.post("/bo/sign-in", {**form.hidden, "name": " ADA ", "password": PASSWORD})
        assert (signed_in.status, signed_in.location) == (303, "/bo/audit?subject=mail")
        assert (await visitor.get(signed_in.location)).status == 200
        assert (await visitor.get("/bo/sign-in")).location == "/bo/services", "who is signed in goes on"


@pytest.mark.parametrize("foreign", ["https://evil.example/", "//evil.example", "/\\evil.example"])
@in_event_loop
async def test_signing_in_never_leads_to_another_site(desk: OpenDesk, foreign: str) -> None:
    async with desk() as office:
        visitor = await office.visitor()
        form = await visitor.get("/bo/sign-in")
        fields = {**form.hidden, "back": foreign, "name": "ada", "password": PASSWORD}
        assert (await visitor.post("/bo/sign-in", fields)).location == "/bo/services"


@in_event_loop
async def test_a_wrong_password_keeps_the_name_and_tells_nothing_else(desk: OpenDesk) -> None:
    async with desk() as office:
        told = []
        for name in ("ada", "nobody-of-that-name"):
            visitor = await office.visitor()
            form = await visitor.get("/bo/sign-in")
            page = await visitor.post("/bo/sign-in", {**form.hidden, "name": name, "password": "wrong-word"})
            assert page.status == 401
            assert f'value="{name}"' in page.html
            assert "wrong-word" not in page.html
            told.append(page.text)
        assert told[0] == told[1]


@in_event_loop
async def test_the_sign_in_form_of_another_browser_is_refused(desk: OpenDesk) -> None:
    async with desk() as office:
        form = await (await office.visitor()).get("/bo/sign-in")
        visitor = await office.visitor()
        page = await visitor.post("/bo/sign-in", {**form.hidden, "name": "ada", "password": PASSWORD})
        assert page.status == 403
        assert "Load the page again" in page.text
        again = await visitor.post("/bo/sign-in", {**page.hidden, "name": "ada", "password": PASSWORD})
        assert again.status == 303


@in_event_loop
async def test_signing_out_ends_the_session(desk: OpenDesk) -> None:
    async with desk() as office:
        visitor = await office.visitor("ada")
        page = await visitor.post("/bo/sign-out")
        assert "You are signed out." in (await visitor.get(page.location)).text
        assert (await visitor.get("/bo/services")).status == 303


@in_event_loop
async def test_texts_of_people_are_texts(desk: OpenDesk) -> None:
    nasty = "<script>alert('x')</script>\"&"
    async with desk() as office:
        visitor = await office.visitor("ada")
        await office.application.services.change("mail", display_name=nasty, by=nasty)
        for path in ("/bo/services", "/bo/services/mail", "/bo/services/mail/edit", "/bo/audit"):
            page = await visitor.get(path)
            assert "<script>alert" not in page.html, path
            assert "alert(&#39;x&#39;)" in page.html, path
