"""The overview, the details, switching and testing."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from html import unescape

import pytest

from app_bo.testing.desk import Desk
from app_bo.testing.office import CHANNEL, ORGANIZATION, OTHER_CHANNEL, SECRET
from app_bo.testing.sample_services import UNREACHABLE
from iomconnector.ports.service_configuration_store import Sharing
from iomconnector.services.managed import ManagedServices
from iomconnector.services.rows import ServiceRow
from iomconnector.testing.event_loop import in_event_loop

OpenDesk = Callable[..., AbstractAsyncContextManager[Desk]]


@in_event_loop
async def test_the_overview_parts_what_is_shared_from_what_is_configured_here(desk: OpenDesk) -> None:
    async with desk() as office:
        visitor = await office.visitor("rita")
        page = (await visitor.get(f"/bo/services?context={CHANNEL}")).text
        shared, here = page.partition("Shared from above")[2].split("Configured here", 1)
        assert "Shop mail" in shared
        assert "from inSPIRED" in shared
        assert "Warehouse Jena" not in shared
        assert "Warehouse Jena" in here
        assert "deactivated in inSPIRED-inTRONICS" in here
        top = (await visitor.get("/bo/services")).text
        assert "Shared from above" not in top
        other = (await visitor.get(f"/bo/services?context={OTHER_CHANNEL}")).text
        assert "activation overridden here" in other


@in_event_loop
async def test_conflicts_stand_above_the_overview_in_the_words_of_icm(
    desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    overview = ManagedServices.overview

    async def in_conflict(services: ManagedServices, context: str) -> list[ServiceRow]:
        pair = {"stock": "warehouse", "warehouse": "stock"}
        rows = await overview(services, context)
        return [
            replace(row, conflicts=(pair[row.configuration.id],)) if row.configuration.id in pair else row
            for row in rows
        ]

    monkeypatch.setattr(ManagedServices, "overview", in_conflict)
    async with desk() as office:
        page = await (await office.visitor("rita")).get(f"/bo/services?context={CHANNEL}")
    words = "Only one adapter allowed to be executable of InventoryService, but 2 adapters found."
    assert page.text.count(words) == 1
    assert "Stock of the shop (stock), Warehouse Jena (warehouse)" in page.text


@in_event_loop
async def test_a_service_is_switched_where_it_is_owned_and_below(desk: OpenDesk) -> None:
    async with desk() as office:
        visitor = await office.visitor("oscar")
        services = office.application.services
        page = await visitor.post("/bo/services/mail/activation", {"active": "no"})
        assert "The service is deactivated." in (await visitor.get(page.location)).text
        assert (await services.get("mail")).updated_by == "oscar"
        assert not (await services.get("mail")).active
        await visitor.post("/bo/services/mail/activation", {"active": "yes"})
        sent = {"context": CHANNEL, "active": "no", "back": "overview"}
        page = await visitor.post("/bo/services/mail/override", sent)
        assert page.location.startswith(f"/bo/services?context={CHANNEL}")
        assert (await services.state()).overrides["mail", CHANNEL] is False
        await visitor.post("/bo/services/mail/override", {"context": CHANNEL, "active": "rule"})
        assert ("mail", CHANNEL) not in (await services.state()).overrides


@in_event_loop
async def test_what_its_owner_switched_off_cannot_be_switched_on_below(desk: OpenDesk) -> None:
    async with desk() as office:
        visitor = await office.visitor("oscar")
        await office.application.services.change("mail", active=False, by="tests")
        overview = await visitor.get(f"/bo/services?context={CHANNEL}")
        assert "off in inSPIRED" in overview.text
        assert "/bo/services/mail/override" not in overview.html
        details = await visitor.get("/bo/services/mail")
        assert "Activate here" not in details.text
        assert "Follow the rule again" in details.text


@in_event_loop
async def test_a_mandatory_service_cannot_be_switched_below(desk: OpenDesk) -> None:
    async with desk() as office:
        visitor = await office.visitor("oscar")
        overview = await visitor.get(f"/bo/services?context={CHANNEL}")
        assert "mandatory" in overview.text
        assert "/bo/services/returns/override" not in overview.html
        page = await visitor.post("/bo/services/returns/override", {"context": CHANNEL, "active": "no"})
        assert page.status == 409


@in_event_loop
async def test_a_competitor_is_put_aside_only_when_that_is_confirmed(desk: OpenDesk) -> None:
    async with desk() as office:
        visitor = await office.visitor("oscar")
        services = office.application.services
        asked = await visitor.post("/bo/services/warehouse/activation", {"active": "yes"})
        assert asked.status == 409
        assert "Only one adapter allowed to be executable of InventoryService" in asked.text
        assert not (await services.get("warehouse")).active
        done = await visitor.post("/bo/services/warehouse/activation", asked.hidden)
        assert done.status == 303
        rows = {row.configuration.id: row for row in await services.overview(CHANNEL)}
        assert rows["warehouse"].status.operational
        assert not rows["stock"].status.active
        assert (await services.get("stock")).active, "elsewhere it goes on"


@in_event_loop
async def test_what_cannot_be_put_aside_is_said_and_not_asked_again(desk: OpenDesk) -> None:
    async with desk() as office:
        visitor = await office.visitor("oscar")
        await office.application.services.change("stock", sharing=Sharing.SHARED_MANDATORY, by="tests")
        asked = await visitor.post("/bo/services/warehouse/activation", {"active": "yes"})
        page = await visitor.post("/bo/services/warehouse/activation", asked.hidden)
        assert page.status == 409
        assert "mandatory" in page.text
        assert "deactivate the others" not in page.text


@in_event_loop
async def test_a_stored_connection_is_tested(desk: OpenDesk) -> None:
    async with desk() as office:
        visitor = await office.visitor("oscar")
        page = await visitor.post("/bo/services/mail/test", {"context": CHANNEL})
        assert "The connection works." in page.text
        assert "greets shop, with password" in page.text
        await office.application.services.change("mail", values={"host": UNREACHABLE}, by="tests")
        page = await visitor.post("/bo/services/mail/test")
        assert "The connection does not work." in page.text
        assert "does not answer" in page.text


@in_event_loop
async def test_no_page_shows_a_secret(desk: OpenDesk) -> None:
    async with desk() as office:
        visitor = await office.visitor("ada")
        for path in (
            "/bo/services",
            "/bo/services/mail",
            "/bo/services/mail/edit",
            "/bo/audit",
            "/bo/audit?about=services&subject=mail",
        ):
            page = await visitor.get(path)
            assert page.status == 200
            assert SECRET not in page.html
            assert '"sealed"' not in page.html


@pytest.mark.parametrize("odd", ["a'\"&?#%;=", "ü€😀", "edit", "%2e%2e", "<b>", "x" * 255])
@in_event_loop
async def test_a_configuration_of_any_id_is_found_by_its_links(desk: OpenDesk, odd: str) -> None:
    async with desk() as office:
        added = {"definition": "sample-returns", "context": CHANNEL, "values": {}, "display_name": "Odd one"}
        await office.application.services.add(odd, **added, active=False, by="tests")  # type: ignore[arg-type]
        visitor = await office.visitor("ada")
        for path in (f"/bo/services?context={CHANNEL}", "/bo/audit?about=services"):
            html = (await visitor.get(path)).html
            links = [unescape(part.partition('"')[0]) for part in html.split('<a href="')[1:]]
            pages = [await visitor.get(link) for link in links if link.startswith("/bo/services/")]
            assert any("<h1>Odd one</h1>" in page.html for page in pages), path
        details = next(page for page in pages if "<h1>Odd one</h1>" in page.html)
        [edit] = [part.partition('"')[0] for part in details.html.split('href="') if "Edit</a>" in part[:600]]
        assert "Edit Odd one" in (await visitor.get(unescape(edit))).text
        deleted = await visitor.post(unescape(edit).removesuffix("edit") + "delete")
        assert deleted.status == 303
        assert odd not in (await office.application.services.state()).configurations


@in_event_loop
async def test_service_types_are_enabled_for_an_organization(desk: OpenDesk) -> None:
    async with desk() as office:
        visitor = await office.visitor("ada")
        services = office.application.services
        sent = {"definition": "sample-mail", "organization": ORGANIZATION, "enabled": "no"}
        page = await visitor.post("/bo/service-types", sent)
        assert "is disabled" in (await visitor.get(page.location)).text
        assert not (await services.state()).enablements["sample-mail", ORGANIZATION]
        assert "is not enabled for inSPIRED" in (await visitor.get("/bo/services")).text
        wrong = await visitor.post("/bo/service-types", {**sent, "enabled": "yes", "organization": CHANNEL})
        assert wrong.status == 400


@in_event_loop
async def test_a_service_whose_cartridge_is_gone_can_be_seen_and_switched_off(
    desk: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app_bo.testing import sample_services

    left = [each for each in sample_services.TYPES if each.id != "sample-mail"]
    monkeypatch.setattr(sample_services, "TYPES", left)
    async with desk() as office:
        visitor = await office.visitor("ada")
        for path in ("/bo/services", "/bo/services/mail", "/bo/services/mail/edit", "/bo/audit"):
            assert (await visitor.get(path)).status == 200, path
        assert "No cartridge of this assembly offers" in (await visitor.get("/bo/services/mail")).text
        page = await visitor.post("/bo/services/mail/activation", {"active": "no"})
        assert page.status == 303
        assert (await visitor.post("/bo/services/mail/test")).status == 404
