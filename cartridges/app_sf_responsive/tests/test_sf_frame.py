"""What all pages have in common: headers, languages, files, and errors that look like the shop."""

import re
from pathlib import Path

import pytest
import structlog
from fastapi import APIRouter
from fastapi.responses import PlainTextResponse

from app_sf_responsive.assets import ASSETS
from app_sf_responsive.testing.stage import Page, open_stage
from app_sf_responsive.views import shops as shops_view
from iomconnector.errors import StorageError
from iomconnector.hooks import hookimpl
from iomconnector.storage.context_repository import SqlContextRepository
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.samples import CHANNEL, ORGANIZATION

TEMPLATES = Path(shops_view.__file__).parents[1] / "templates"
SHOP = f"/shop/{CHANNEL}"


def test_no_template_has_scripts_styles_or_handlers_within() -> None:
    for template in TEMPLATES.glob("*.html"):
        text = template.read_text()
        assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=", text), template.name
        assert not re.search(r"https?://", text), template.name


@in_event_loop
async def test_no_page_is_stored_framed_or_runs_foreign_scripts(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        guest = await stage.guest()
        for path in ("/shop", "/shop/", f"{SHOP}/nowhere", "/shop/nowhere", "/shop/nowhere/orders"):
            headers = (await guest.get(path)).headers
            assert headers["cache-control"] == "no-store", path
            assert headers["x-frame-options"] == "DENY", path
            assert "unsafe" not in headers["content-security-policy"], path
            assert "default-src 'none'" in headers["content-security-policy"], path


@in_event_loop
async def test_the_language_is_the_chosen_one_else_that_of_the_browser(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        guest = await stage.guest()
        english = await guest.get(f"{SHOP}/nowhere")
        assert '<html lang="en">' in english.html
        assert english.headers["content-language"] == "en"
        german = await guest.get(f"{SHOP}/nowhere", **{"accept-language": "de-DE,en;q=0.5"})
        assert '<html lang="de">' in german.html
        assert "Diese Seite gibt es nicht" in german.text
        chosen = await guest.post(f"{SHOP}/language", {"language": "de", "back": f"{SHOP}/nowhere?a=1"})
        assert (chosen.status, chosen.location) == (303, f"{SHOP}/nowhere?a=1")
        assert '<html lang="de">' in (await guest.get(f"{SHOP}/nowhere", **{"accept-language": "en"})).html
        await guest.post(f"{SHOP}/language", {"language": "fr"})
        assert '<html lang="de">' in (await guest.get(f"{SHOP}/nowhere")).html, (
            "a language that is not offered"
        )


@in_event_loop
async def test_the_language_is_chosen_on_pages_of_this_site_only(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        guest = await stage.guest()
        form = {"language": "de", "back": "https://evil.example/"}
        elsewhere = await guest.post(f"{SHOP}/language", form, origin="https://evil.example")
        assert elsewhere.status == 403
        assert "set-cookie" not in elsewhere.headers
        here = await guest.post(f"{SHOP}/language", form, origin="http://shop.example")
        assert here.location == SHOP, "it leads to no other site"
        assert (await guest.post("/shop/nowhere/language", {"language": "de"})).status == 404


@in_event_loop
async def test_files_are_kept_for_good_by_their_content(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        guest = await stage.guest()
        page = await guest.get("/shop")
        for name, asset in ASSETS.all.items():
            assert ASSETS.path(name) in page.links
            fresh = await guest.get(ASSETS.path(name))
            assert "immutable" in fresh.headers["cache-control"]
            assert fresh.headers["content-type"].startswith(asset.media_type)
            other = await guest.get(f"/shop-files/0000/{name}")
            assert (other.status, other.headers["cache-control"]) == (200, "no-cache")
        assert (await guest.get("/shop-files/0/secret.key")).status == 404


@in_event_loop
async def test_the_shops_are_the_channels(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        page = await (await stage.guest()).get("/shop")
        assert (page.status, SHOP in page.links) == (200, True)
        assert "inTRONICS Business" in page.text
        assert (await (await stage.guest()).get(f"/shop/{ORGANIZATION}/orders")).status == 404


@in_event_loop
async def test_what_is_not_there_looks_like_the_shop(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        guest = await stage.guest()
        for path in (
            f"{SHOP}/nowhere",
            f"{SHOP}/a/b/c",
            "/shop/nowhere",
            "/shop/%00",
            f"{SHOP}/%00",
            f"{SHOP}/nowhere?x=%00",
            "/shop/../shop/x/y",
        ):
            page = await guest.get(path)
            assert page.status == 404, path
            assert "This page does not exist" in page.text, path
            assert ASSETS.path("shop.css") in page.links, path
            assert "nowhere" not in page.text, path


@in_event_loop
async def test_a_damaged_form_is_the_readers_matter_and_no_case(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        guest = await stage.guest()
        answer = await guest.client.post(
            f"{SHOP}/sign-in",
            content=b"--x",
            headers={"accept": "text/html", "content-type": "multipart/form-data; boundary=y"},
        )
        page = Page(answer)
        assert page.status == 400
        assert "That could not be read" in page.text
        assert "Case" not in page.text
        assert "our fault" not in page.text


class Gifts:
    """A cartridge with a page below those of the shop."""

    @hookimpl
    def iomconnector_routers(self) -> list[APIRouter]:
        router = APIRouter(prefix="/shop")

        @router.get("/{channel}/gifts")
        async def gifts(channel: str) -> PlainTextResponse:
            return PlainTextResponse("gifts")

        return [router]


@in_event_loop
async def test_cartridges_add_pages_below_those_of_the_shop(tmp_path: Path) -> None:
    async with open_stage(tmp_path, Gifts()) as stage:
        guest = await stage.guest()
        assert (await guest.get(f"{SHOP}/gifts")).html == "gifts", "though it comes later in the load order"
        assert (await guest.get(f"{SHOP}/giftss")).status == 404


@in_event_loop
async def test_trouble_is_said_without_details_and_the_log_has_the_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise StorageError("SELECT secret FROM contexts")

    async def broken(*_: object) -> None:
        raise ZeroDivisionError("secret")

    async with open_stage(tmp_path) as stage:
        guest = await stage.guest()
        for failing, status in ((away, 503), (broken, 500)):
            monkeypatch.setattr(SqlContextRepository, "all", failing)
            monkeypatch.setattr(SqlContextRepository, "path_to", failing)
            for path in ("/shop", "/shop/"):
                with structlog.testing.capture_logs() as logged:
                    page = await guest.get(path, **{"accept-language": "de"})
                assert page.status == status
                assert "secret" not in page.html
                case = re.search(r"Fall ([0-9a-f]{12})", page.text)
                assert case is not None, page
                assert any(each.get("case") == case[1] for each in logged)
