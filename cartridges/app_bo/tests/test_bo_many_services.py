"""Pages of systems with more configurations and contexts than a page takes."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from app_bo import overview, places
from app_bo.testing.desk import Desk, Page
from app_bo.testing.office import CHANNEL, OTHER_CHANNEL
from iomconnector.ports.service_configuration_store import Sharing
from iomconnector.testing.event_loop import in_event_loop

OpenDesk = Callable[..., AbstractAsyncContextManager[Desk]]
NAMES = ("Shop mail", "Returns", "Stock of the shop", "Documents", "Warehouse Jena")


def names(page: Page) -> set[str]:
    return {name for name in NAMES if f">{name}</a>" in page.html}


@in_event_loop
async def test_the_overview_turns_pages(desk: OpenDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overview, "PAGE", 2)
    async with desk() as office:
        visitor = await office.visitor("rita")
        pages = [await visitor.get(f"/bo/services?context={CHANNEL}&page={number}") for number in (1, 2, 3)]
        assert [len(names(page)) for page in pages] == [2, 2, 1]
        assert set.union(*map(names, pages)) == set(NAMES)
        assert "Page 1 of 3" in pages[0].text
        assert "Turn the page for these." in pages[0].text
        assert ("Previous" in pages[0].text, "Next" in pages[0].text) == (False, True)
        assert ("Previous" in pages[2].text, "Next" in pages[2].text) == (True, False)
        for odd, shown in (("0", 0), ("-1", 0), ("x", 0), ("99", 2), ("9" * 5_000, 0)):
            page = await visitor.get(f"/bo/services?context={CHANNEL}&page={odd}")
            assert names(page) == names(pages[shown]), odd


@in_event_loop
async def test_the_overview_is_searched_by_name_id_and_type(
    desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk() as office:
        visitor = await office.visitor("rita")
        assert 'name="q"' not in (await visitor.get(f"/bo/services?context={CHANNEL}")).html, "there are few"
        monkeypatch.setattr(overview, "ENOUGH_TO_SEARCH", 4)
        assert 'name="q"' in (await visitor.get(f"/bo/services?context={CHANNEL}")).html
        for words, found in {
            "JENA": {"Warehouse Jena"},
            "stock": {"Stock of the shop", "Warehouse Jena"},
            "smtp": {"Shop mail"},
            "sample-ret": {"Returns"},
            "nothing of the kind": set(),
        }.items():
            page = await visitor.get(f"/bo/services?context={CHANNEL}&q={words}")
            assert names(page) == found, words
            assert f'value="{words}"' in page.html
        assert "Nothing that is configured here has these words." in page.text
        await office.application.services.add(
            "no-7", definition="sample-returns", context=CHANNEL, values={}, active=False, by="tests"
        )
        seventh = await visitor.get(f"/bo/services?context={CHANNEL}&q=no-7")
        assert 'href="/bo/services/no-7?' in seventh.html
        assert not names(seventh)
        nasty = await visitor.get('/bo/services?q="><script>alert(1)</script>')
        assert "<script>alert" not in nasty.html


@in_event_loop
async def test_switching_leads_back_to_the_same_part_of_the_overview(
    desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overview, "PAGE", 1)
    async with desk() as office:
        visitor = await office.visitor("oscar")
        here = f"/bo/services?context={CHANNEL}&q=stock&page=2"
        page = await visitor.get(here)
        assert names(page) == {"Warehouse Jena"}
        sent = {name: page.hidden[name] for name in ("context", "back", "q", "page")}
        asked = await visitor.post("/bo/services/warehouse/activation", {**sent, "active": "yes"})
        assert asked.status == 409
        assert f'href="{here.replace("&", "&amp;")}"' in asked.html, "cancel"
        done = await visitor.post("/bo/services/warehouse/activation", asked.hidden)
        assert (done.status, names(await visitor.get(done.location))) == (303, {"Warehouse Jena"})


@in_event_loop
async def test_a_configuration_tells_how_many_contexts_are_left_out(
    desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "CONTEXTS_SHOWN", 1)
    async with desk() as office:
        visitor = await office.visitor("rita")
        page = await visitor.get("/bo/services/mail")
        assert "1 more context has it" in page.text
        left_out = OTHER_CHANNEL if f"context={CHANNEL}" in page.html.partition('id="places"')[2] else CHANNEL
        looked_at = await visitor.get(f"/bo/services/mail?context={left_out}")
        assert (looked_at.status, "seen from channel" in looked_at.text) == (200, True)


@in_event_loop
async def test_what_is_not_shared_is_in_no_context_below(desk: OpenDesk) -> None:
    async with desk() as office:
        visitor = await office.visitor("rita")
        await office.application.services.change("returns", sharing=Sharing.UNSHARED, by="tests")
        page = await visitor.get("/bo/services/returns")
        assert "In the contexts below" not in page.text
        assert (await visitor.get(f"/bo/services/returns?context={CHANNEL}")).status == 404
