"""Forms that no page of the back office sends: they change nothing and break nothing."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from app_bo.testing.desk import Desk
from app_bo.testing.office import CHANNEL, ORGANIZATION
from iomconnector.testing.event_loop import in_event_loop

OpenDesk = Callable[..., AbstractAsyncContextManager[Desk]]
EDIT = "/bo/services/mail/edit"
WHOLE = {"display_name": "Other", "active": "yes", "available": "yes", "setting-host": "other.example.com"}


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("/bo/services/mail/activation", {}, 400),
        ("/bo/services/mail/activation", {"active": "maybe"}, 400),
        ("/bo/services/mail/override", {"context": CHANNEL}, 400),
        ("/bo/services/mail/override", {"context": CHANNEL, "active": "maybe"}, 400),
        ("/bo/services/mail/override", {"active": "no"}, 404),
        ("/bo/service-types", {"definition": "sample-mail", "organization": ORGANIZATION}, 400),
        (EDIT, {}, 422),
        (EDIT, {**WHOLE, "version": "9" * 5_000}, 409),
        (EDIT, {**WHOLE, "version": "-1"}, 409),
        (EDIT, {**WHOLE, "version": "¹"}, 409),
        (EDIT, {**WHOLE, "version": "99", "before": "[" * 100_000}, 409),
        (EDIT, {**WHOLE, "version": "99", "before": "9" * 5_000}, 409),
        (EDIT, {**WHOLE, "version": "99", "before": '{"display_name": 1, "sharing": []}'}, 409),
        (EDIT, {**WHOLE, "version": "1", "kept": "gAAAA"}, 400),
        (EDIT, {**WHOLE, "version": "1", "display_name": "with\0zero"}, 400),
        ("/bo/accounts/rita", {"do": "role", "role": "administrator\0"}, 400),
        ("/bo/accounts/rita", {"do": "everything"}, 422),
        ("/bo/accounts/rita", {}, 422),
    ],
    ids=lambda value: str(value)[:60],
)
@in_event_loop
async def test_an_odd_form_changes_nothing(
    desk: OpenDesk, path: str, fields: Mapping[str, str], status: int
) -> None:
    async with desk() as office:
        before = await everything(office)
        page = await (await office.visitor("ada")).post(path, fields)
        assert page.status == status, page
        assert await everything(office) == before


@in_event_loop
async def test_half_a_character_is_no_text(desk: OpenDesk) -> None:
    async with desk() as office:
        visitor = await office.visitor("ada")
        before = await everything(office)
        parts = {
            "csrf_token": visitor.csrf_token,
            "do": "role",
            "role": "operator",
            "display_name": "\\ud800",
        }
        body = "".join(
            f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in parts.items()
        )
        answer = await visitor.client.post(
            "/bo/accounts/rita",
            content=f"{body}--x--\r\n",
            headers={"content-type": "multipart/form-data; boundary=x; charset=raw_unicode_escape"},
        )
        assert (answer.status_code, "no text" in answer.text) == (400, True)
        assert await everything(office) == before


@in_event_loop
async def test_no_form_changes_more_than_its_page_offers(desk: OpenDesk) -> None:
    async with desk() as office:
        visitor = await office.visitor("ada")
        services = office.application.services
        form = await visitor.get(EDIT)
        hidden = {name: form.hidden[name] for name in ("version", "before")}
        more = {
            "id": "x",
            "context": CHANNEL,
            "definition": "sample-stock",
            "by": "root",
            "updated_by": "root",
        }
        odd = {"setting-unknown": "1", "setting-__class__": "1", "values": "{}"}
        sent = {**WHOLE, **hidden, "sharing": "shared-active", "setting-port": "25", "setting-timeout": "10"}
        page = await visitor.post(EDIT, {**sent, **more, **odd})
        assert page.status == 303, page
        changed = await services.get("mail")
        assert (changed.id, changed.context, changed.definition) == ("mail", ORGANIZATION, "sample-mail")
        assert (changed.updated_by, changed.display_name) == ("ada", "Other")
        assert set(changed.values) <= {"host", "port", "password", "user", "check_certificate", "encryption"}


async def everything(office: Desk) -> tuple[Any, ...]:
    return await office.application.services.state(), await office.application.accounts.all()
