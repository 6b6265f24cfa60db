"""Adding a configuration in steps, without JavaScript."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

import pytest

from app_bo.sealed import LIFETIME
from app_bo.testing.desk import Desk, Page, Visitor
from app_bo.testing.office import CHANNEL, ORGANIZATION, OTHER_CHANNEL
from app_bo.testing.sample_services import UNREACHABLE
from iomconnector.errors import NotFoundError
from iomconnector.jobs.clock import SystemClock
from iomconnector.ports.service_configuration_store import Sharing
from iomconnector.testing.event_loop import in_event_loop

OpenDesk = Callable[..., AbstractAsyncContextManager[Desk]]
TYPED = "a-secret-that-was-typed"

TYPE = {"context": CHANNEL, "definition": "sample-mail"}
GENERAL = {"id": "mail-2", "display_name": "Second mail", "available": "yes", "active": ""}
SETTINGS = {
    "setting-host": "two.example.com",
    "setting-port": "25",
    "setting-encryption": "tls",
    "setting-user": "",
    "setting-password": TYPED,
    "setting-timeout": "2.5",
    "setting-copies_to": "",
}
SHARING = {"sharing": "shared-inactive"}


async def step(visitor: Visitor, page: Page, fields: dict[str, str], do: str = "next") -> Page:
    hidden = {name: page.hidden[name] for name in ("step", "draft")}
    return await visitor.post("/bo/new-service", {**hidden, **fields, "do": do})


async def walk(visitor: Visitor, *steps: dict[str, str]) -> list[Page]:
    pages = [await visitor.get(f"/bo/new-service?context={OTHER_CHANNEL}")]
    for fields in steps:
        pages.append(await step(visitor, pages[-1], fields))
    return pages


def at(page: Page) -> str:
    return page.hidden["step"]


@in_event_loop
async def test_the_steps_lead_to_a_configuration_and_no_secret_goes_out_again(desk: OpenDesk) -> None:
    async with desk() as office:
        visitor = await office.visitor("ada")
        *pages, done = await walk(visitor, TYPE, GENERAL, SETTINGS, SHARING, {})
        assert [at(page) for page in pages] == ["type", "general", "settings", "sharing", "review"]
        assert "Password ********" in pages[-1].text
        assert "Port 25" in pages[-1].text
        assert "added" in (await visitor.get(done.location)).text
        assert all(TYPED not in page.html for page in pages)
        added = await office.application.services.get("mail-2")
        assert (added.context, added.definition, added.display_name) == (
            CHANNEL,
            "sample-mail",
            "Second mail",
        )
        assert (added.available, added.active, added.sharing) == (True, False, Sharing.SHARED_INACTIVE)
        assert added.updated_by == "ada"
        settings = office.application.services.opened(added).model_dump()
        assert settings["password"].get_secret_value() == TYPED
        assert (settings["port"], settings["timeout"], settings["check_certificate"]) == (25, 2.5, False)
        assert "user" not in added.values, "a default is not written down"


@in_event_loop
async def test_each_step_tells_what_is_wrong_and_stays(desk: OpenDesk) -> None:
    async with desk() as office:
        visitor = await office.visitor("ada")
        first = await visitor.get("/bo/new-service")
        page = await step(visitor, first, {"context": "none", "definition": "none"})
        assert (page.status, at(page)) == (422, "type")
        assert "Choose a service type." in page.text
        assert "Choose the context" in page.text
        page = (await walk(visitor, TYPE, {**GENERAL, "id": " "}))[-1]
        assert (page.status, at(page), "Enter an id." in page.text) == (422, "general", True)
        for unusable in ("a b", "a/b", "..", ".", "x" * 256, "zero-width\u200bspace"):
            page = (await walk(visitor, TYPE, {**GENERAL, "id": unusable}))[-1]
            assert (page.status, at(page), "Id : An id has" in page.text) == (422, "general", True), unusable
        page = (await walk(visitor, TYPE, {**GENERAL, "id": "mail"}))[-1]
        assert "There is a configuration of this id already, in inSPIRED." in page.text
        page = (await walk(visitor, TYPE, GENERAL, {**SETTINGS, "setting-port": "x", "setting-host": ""}))[-1]
        assert (page.status, at(page)) == (422, "settings")
        assert "Port : Must be a whole number." in page.text
        assert "Host : Enter a value." in page.text
        assert 'value="2.5"' in page.html
        page = (await walk(visitor, TYPE, GENERAL, SETTINGS, {"sharing": "none"}))[-1]
        assert (page.status, at(page), "Choose a sharing rule." in page.text) == (422, "sharing", True)


@in_event_loop
async def test_going_back_loses_nothing(desk: OpenDesk) -> None:
    async with desk() as office:
        visitor = await office.visitor("ada")
        sharing = (await walk(visitor, TYPE, GENERAL, SETTINGS))[-1]
        settings = await step(visitor, sharing, {"sharing": "unshared"}, "back")
        assert at(settings) == "settings"
        assert "What you typed is kept and is not shown." in settings.text
        assert 'value="two.example.com"' in settings.html
        again = {**SETTINGS, "setting-password": ""}
        sharing = await step(visitor, settings, again)
        assert 'id="sharing-unshared" name="sharing" value="unshared" checked' in sharing.html
        review = await step(visitor, sharing, {"sharing": "unshared"})
        await step(visitor, review, {})
        added = await office.application.services.get("mail-2")
        opened = office.application.services.opened(added)
        assert opened.model_dump()["password"].get_secret_value() == TYPED


@in_event_loop
async def test_the_review_leads_back_to_the_step_that_does_not_hold_any_more(desk: OpenDesk) -> None:
    async with desk() as office:
        visitor = await office.visitor("ada")
        review = (await walk(visitor, TYPE, GENERAL, SETTINGS, SHARING))[-1]
        assert (await step(visitor, review, {})).status == 303
        twice = await step(visitor, review, {})
        assert (twice.status, at(twice)) == (422, "general")
        assert "There is a configuration of this id already" in twice.text
        assert 'id="id"' in twice.html, "the summary leads to an input that is there"
        begun = await visitor.get("/bo/new-service")
        for later in ("general", "settings", "sharing", "review", "anything"):
            page = await step(visitor, begun, {**GENERAL, **SETTINGS, "step": later})
            assert (page.status, at(page)) == (422, "type"), later
            assert "Choose a service type." in page.text


@in_event_loop
async def test_another_type_forgets_the_settings_of_the_first(desk: OpenDesk) -> None:
    async with desk() as office:
        visitor = await office.visitor("ada")
        page = (await walk(visitor, TYPE, GENERAL, SETTINGS))[-1]
        for _ in range(3):
            page = await step(visitor, page, {**GENERAL, **SETTINGS}, "back")
        page = await step(visitor, page, {"context": ORGANIZATION, "definition": "sample-reverse"})
        page = await step(visitor, page, GENERAL)
        assert "This service type has no settings." in page.text


@in_event_loop
async def test_a_connection_is_tested_before_anything_is_saved(desk: OpenDesk) -> None:
    async with desk() as office:
        visitor = await office.visitor("ada")
        settings = (await walk(visitor, TYPE, GENERAL))[-1]
        works = await step(visitor, settings, SETTINGS, "test")
        assert "two.example.com greets nobody, with password" in works.text
        fails = await step(visitor, works, {**SETTINGS, "setting-host": UNREACHABLE}, "test")
        assert "The connection does not work." in fails.text
        with pytest.raises(NotFoundError):
            await office.application.services.get("mail-2")


@in_event_loop
async def test_a_conflict_is_asked_about_in_the_review(desk: OpenDesk) -> None:
    async with desk() as office:
        visitor = await office.visitor("ada")
        kind = {"context": OTHER_CHANNEL, "definition": "warehouse-stock"}
        general = {**GENERAL, "id": "warehouse-2", "active": "yes"}
        page = (await walk(visitor, kind, general, {}, SHARING, {}))[-1]
        assert (page.status, at(page)) == (409, "review")
        assert "Only one adapter allowed to be executable of InventoryService" in page.text
        page = await step(visitor, page, {"replace": "yes"})
        assert page.status == 303
        rows = {
            row.configuration.id: row for row in await office.application.services.overview(OTHER_CHANNEL)
        }
        assert rows["warehouse-2"].status.operational
        assert not rows["stock"].status.active


@in_event_loop
async def test_a_draft_serves_its_own_session_only_and_not_for_ever(
    desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk() as office:
        visitor = await office.visitor("ada")
        other = await office.visitor("ada")
        page = (await walk(visitor, TYPE, GENERAL))[-1]
        assert "cannot be continued" in (await step(other, page, SETTINGS)).text
        changed = {"draft": page.hidden["draft"][:-3] + "AAA"}
        assert "cannot be continued" in (await step(visitor, page, {**SETTINGS, **changed})).text
        assert "cannot be continued" in (await step(visitor, page, {**SETTINGS, "draft": ""})).text
        sealed = (await office.application.services.get("mail")).values["password"]["sealed"]
        assert "cannot be continued" in (await step(visitor, page, {**SETTINGS, "draft": sealed})).text
        assert at(await step(visitor, page, SETTINGS)) == "sharing"
        now = SystemClock().now()
        monkeypatch.setattr(SystemClock, "now", lambda _: now + LIFETIME + timedelta(minutes=1))
        third = await office.visitor("ada")
        assert at(await step(third, await third.get("/bo/new-service"), TYPE)) == "general"
        assert at((await walk(third, TYPE, GENERAL))[-1]) == "settings"


@in_event_loop
async def test_a_draft_is_too_old_after_two_hours(desk: OpenDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    async with desk(session_idle_minutes=600) as office:
        visitor = await office.visitor("ada")
        page = (await walk(visitor, TYPE, GENERAL))[-1]
        now = SystemClock().now()
        monkeypatch.setattr(SystemClock, "now", lambda _: now + LIFETIME - timedelta(minutes=1))
        assert at(await step(visitor, page, SETTINGS)) == "sharing"
        monkeypatch.setattr(SystemClock, "now", lambda _: now + LIFETIME + timedelta(minutes=1))
        assert "older than two hours" in (await step(visitor, page, SETTINGS)).text
