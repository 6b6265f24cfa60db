"""The pages about the assembly, its cartridges and the database."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest

from app_bo.hook_rows import hook_rows, point_rows
from app_bo.testing.desk import Desk, Page, Visitor
from app_bo.testing.office import ORGANIZATION, PASSWORD, QUICK_PASSWORDS
from iomconnector.application import Application
from iomconnector.model.accounts import Role
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.systems import prepared_system
from iomconnector.web.app import create_web_application
from iomconnector.web.session_cookies import SESSION_COOKIE

OpenDesk = Callable[..., AbstractAsyncContextManager[Desk]]
ASSEMBLIES = Path(__file__).parents[3] / "assemblies"


async def pages(application: Application, *paths: str) -> list[Page]:
    import httpx

    await application.accounts.add("rita", PASSWORD, Role.READ_ONLY, by="tests")
    session = await application.sign_in.sign_in("rita", PASSWORD, client="192.0.2.1")
    transport = httpx.ASGITransport(create_web_application(application))
    async with httpx.AsyncClient(transport=transport, base_url="http://office.example") as client:
        client.cookies.set(SESSION_COOKIE, session.token)
        visitor = Visitor(client)
        return [await visitor.get(path) for path in paths]


@in_event_loop
async def test_the_assembly_and_its_cartridges_are_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IOMC_ASSEMBLY_PATH", str(ASSEMBLIES))
    monkeypatch.setenv("IOMC_ASSEMBLY", "inspired-iomconnector")
    monkeypatch.chdir(tmp_path)
    database = "sqlite:///" + str(tmp_path / "shop.sqlite")
    async with prepared_system(
        ASSEMBLIES / "inspired-iomconnector.toml",
        tmp_path,
        environment="production",
        secret_key="x3w0vQJ5F2mWg1cE6c0b7y8m0q8nqk4mM1yqk6o3x1E=",
        database_url=database,
        **QUICK_PASSWORDS,
    ) as application:
        running = application.cartridges.names
        monkeypatch.setenv("IOMC_ENVIRONMENT", "production")
        assembly, export, hooks, preparation = await pages(
            application,
            "/bo/assembly",
            "/bo/cartridges/ac_iomconnector_orderexport",
            "/bo/hooks",
            "/bo/preparation",
        )
    for name in running:
        assert name in assembly.text
    assert "x3w0vQJ5F2m" not in assembly.html
    assert "secret_key ********" in assembly.text
    assert "IOM Connector Order Export" in export.text
    assert "iom-order-export" in export.text
    assert "OrderMapper.bindPayment" in export.text
    assert "OrderMapper.bindPayment" in hooks.text
    assert "iomconnector_routers" in hooks.text
    assert "organization and channels" in preparation.text
    assert "Done" in preparation.text


@in_event_loop
async def test_the_reasons_are_shown_where_the_assembly_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from iomconnector.assemblies.resolution import resolve
    from iomconnector.cartridges.loading import load_cartridges
    from iomconnector.container import Container, running
    from iomconnector.preparation import prepare_database
    from iomconnector.settings import Settings

    monkeypatch.setenv("IOMC_ASSEMBLY_PATH", str(ASSEMBLIES))
    resolved = resolve("inspired-iomconnector", "production")
    container = Container(
        settings=Settings.of({"data_directory": tmp_path, **QUICK_PASSWORDS}, {}),
        cartridges=load_cartridges(resolved.cartridges),
        assembly=resolved,
    )
    async with running(container) as application:
        await prepare_database(application)
        assembly, cartridge = await pages(
            application, "/bo/assembly", "/bo/cartridges/ac_iomconnector_common"
        )
    assert "included by inspired-b2x" in assembly.text
    assert "in environment production" in assembly.text
    assert "Required by" in cartridge.text
    assert "ac_iomconnector_rest_common" in cartridge.text.partition("Required by")[2]


def test_places_are_told_from_the_package_on() -> None:
    from iomconnector.cartridges.loading import load_cartridges

    loaded = load_cartridges(
        [
            "ac_iomconnector_common",
            "ac_iomconnector_rest_common",
            "ac_iomconnector_orderexport",
            "ac_iomconnector_orderexport_b2b",
        ]
    )
    bound = [each for row in hook_rows(loaded) for each in row.bound]
    assert bound
    assert all(each.place.startswith(f"{each.cartridge}/cartridge.py:") for each in bound)
    extended = {each.cartridge for row in point_rows(loaded.extensions()) for each in row.bound}
    assert extended == {"ac_iomconnector_orderexport_b2b"}


@in_event_loop
async def test_the_sequences_of_order_numbers_are_shown(desk: OpenDesk) -> None:
    async with desk() as office:
        visitor = await office.visitor("rita")
        untouched = await visitor.get("/bo/order-numbers")
        assert "nobody, it has its defaults" in untouched.text
        changes = {"block_size": 7, "prefix": "9", "pattern": "{number:06d}"}
        await office.application.sequences.change(ORGANIZATION, changes, start=4711, by="sue")
        page = await visitor.get("/bo/order-numbers")
        for words in ("inSPIRED", "9004711", "Block size", " 7 ", "9{number:06d}", "sue"):
            assert words in page.text, words
        assert 'aria-current="page">Order numbers' in page.html
        assert (await visitor.post("/bo/order-numbers")).status == 405
