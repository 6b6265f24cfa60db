"""Editing and deleting a configuration."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from app_bo.testing.desk import Desk, Page, Visitor
from iomconnector.errors import NotFoundError
from iomconnector.ports.service_configuration_store import Sharing
from iomconnector.testing.event_loop import in_event_loop

OpenDesk = Callable[..., AbstractAsyncContextManager[Desk]]

EDIT = {"sharing": "shared-active", "available": "yes", "active": "yes", "display_name": "Shop mail"}
MAIL = {
    "setting-host": "mail.example.com",
    "setting-port": "587",
    "setting-encryption": "starttls",
    "setting-user": "shop",
    "setting-password": "",
    "setting-timeout": "10",
    "setting-check_certificate": "yes",
    "setting-copies_to": "",
}


async def send_edit(visitor: Visitor, form: Page, **changed: str) -> Page:
    hidden = {name: form.hidden[name] for name in ("version", "before")}
    fields = {**EDIT, **MAIL, **hidden, **changed}
    return await visitor.post("/bo/services/mail/edit", fields)


@in_event_loop
async def test_an_edit_changes_what_was_changed_and_nothing_else(desk: OpenDesk) -> None:
    async with desk() as office:
        visitor = await office.visitor("ada")
        services = office.application.services
        before = await services.get("mail")
        form = await visitor.get("/bo/services/mail/edit")
        page = await send_edit(visitor, form, **{"setting-port": "25", "setting-copies_to": "a@b.c\nd@e.f"})
        assert "The change is saved." in (await visitor.get(page.location)).text
        after = await services.get("mail")
        assert dict(after.values) == {**before.values, "port": 25, "copies_to": ["a@b.c", "d@e.f"]}
        form = await visitor.get("/bo/services/mail/edit")
        unchanged = {"setting-port": "25", "setting-copies_to": "a@b.c\nd@e.f"}
        page = await send_edit(visitor, form, **unchanged)
        assert "nothing was changed" in (await visitor.get(page.location)).text
        assert await services.get("mail") == after


@in_event_loop
async def test_a_wrong_value_is_told_at_its_field_and_the_input_is_kept(desk: OpenDesk) -> None:
    async with desk() as office:
        visitor = await office.visitor("ada")
        form = await visitor.get("/bo/services/mail/edit")
        typed = {"setting-port": "70000", "setting-host": "new.example.com", "setting-password": "typed-now"}
        page = await send_edit(visitor, form, **typed)
        assert page.status == 422
        assert '<a href="#setting-port">Port</a>: Must be at most 65535.' in page.html
        assert 'value="new.example.com"' in page.html
        assert 'value="70000"' in page.html
        assert 'aria-describedby="setting-port-wrong"' in page.html
        assert "typed-now" not in page.html
        kept = {"setting-host": "new.example.com", "kept": page.hidden["kept"]}
        await send_edit(visitor, form, **kept)
        opened = office.application.services.opened(await office.application.services.get("mail"))
        assert opened.model_dump()["password"].get_secret_value() == "typed-now"


@in_event_loop
async def test_a_stale_page_shows_what_is_stored_beside_what_was_entered(desk: OpenDesk) -> None:
    async with desk() as office:
        visitor = await office.visitor("ada")
        services = office.application.services
        form = await visitor.get("/bo/services/mail/edit")
        theirs = {"host": "theirs.example.com", "port": 26}
        await services.change("mail", values=theirs, sharing=Sharing.UNSHARED, by="grace")
        mine = {"setting-host": "mine.example.com", "setting-user": "me", "setting-password": "typed-now"}
        page = await send_edit(visitor, form, **mine)
        assert page.status == 409
        assert "changed by grace" in page.text
        assert "Host mail.example.com theirs.example.com mine.example.com" in page.text
        assert "Port 587 26 not touched" in page.text
        assert "User shop shop me" in page.text
        assert "Sharing rule shared-active unshared not touched" in page.text
        assert 'name="setting-port" value="26"' in page.html
        assert 'name="setting-host" value="mine.example.com"' in page.html
        assert 'value="unshared" checked' in page.html
        assert "typed-now" not in page.html
        assert (await services.get("mail")).values["host"] == "theirs.example.com"
        merged = {**mine, "setting-password": "", "setting-port": "26", "sharing": "unshared"}
        again = await send_edit(visitor, page, **merged, kept=page.hidden["kept"])
        assert again.status == 303
        saved = services.opened(await services.get("mail")).model_dump()
        assert (saved["host"], saved["port"], saved["user"]) == ("mine.example.com", 26, "me")
        assert saved["password"].get_secret_value() == "typed-now"


@pytest.mark.parametrize("before", ["", "no JSON", "[1]", '{"display_name": 5}'])
@in_event_loop
async def test_a_page_that_lost_what_stood_in_it_takes_everything_for_touched(
    desk: OpenDesk, before: str
) -> None:
    async with desk() as office:
        visitor = await office.visitor("ada")
        form = await visitor.get("/bo/services/mail/edit")
        await office.application.services.change("mail", values={"port": 26}, by="grace")
        page = await send_edit(visitor, form, before=before)
        assert page.status == 409
        assert "Port 26 26 587" in page.text


@in_event_loop
async def test_what_was_entered_is_tested_with_the_stored_secret_before_it_is_saved(desk: OpenDesk) -> None:
    async with desk() as office:
        visitor = await office.visitor("ada")
        before = await office.application.services.get("mail")
        form = await visitor.get("/bo/services/mail/edit")
        page = await send_edit(visitor, form, **{"setting-host": "new.example.com", "do": "test"})
        assert "new.example.com greets shop, with password" in page.text
        removed = {"remove-setting-password": "yes", "do": "test"}
        assert "without password" in (await send_edit(visitor, form, **removed)).text
        bad = await send_edit(visitor, form, **{"setting-timeout": "soon", "do": "test"})
        assert "Time-out : Must be a number." in bad.text
        assert await office.application.services.get("mail") == before


@in_event_loop
async def test_a_stored_secret_can_be_removed(desk: OpenDesk) -> None:
    async with desk() as office:
        visitor = await office.visitor("ada")
        form = await visitor.get("/bo/services/mail/edit")
        await send_edit(visitor, form, **{"remove-setting-password": "yes"})
        opened = office.application.services.opened(await office.application.services.get("mail"))
        assert opened.model_dump()["password"].get_secret_value() == ""


@in_event_loop
async def test_an_edit_that_conflicts_asks_before_it_puts_others_aside(desk: OpenDesk) -> None:
    async with desk() as office:
        visitor = await office.visitor("ada")
        services = office.application.services
        form = await visitor.get("/bo/services/warehouse/edit")
        fields = {**EDIT, "display_name": "Warehouse", "version": form.hidden["version"]}
        page = await visitor.post("/bo/services/warehouse/edit", fields)
        assert page.status == 409
        assert "Only one adapter allowed to be executable" in page.text
        assert 'name="replace"' in page.html
        assert not (await services.get("warehouse")).active
        page = await visitor.post("/bo/services/warehouse/edit", {**fields, "replace": "yes"})
        assert page.status == 303
        assert (await services.get("warehouse")).active


@in_event_loop
async def test_deleting_asks_first(desk: OpenDesk) -> None:
    async with desk() as office:
        visitor = await office.visitor("ada")
        asked = await visitor.get("/bo/services/mail/delete")
        assert "It cannot be brought back" in asked.text
        assert (await office.application.services.get("mail")).id == "mail"
        page = await visitor.post("/bo/services/mail/delete", asked.hidden)
        assert "is deleted" in (await visitor.get(page.location)).text
        with pytest.raises(NotFoundError):
            await office.application.services.get("mail")
