"""What other cartridges show on the pages of My Account, and what becomes of a page when they fail."""

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import structlog
from markupsafe import Markup

from app_sf_responsive import cartridge, joined
from app_sf_responsive.extension_points import MenuEntry, OrderAction, Panel, PanelPlace
from app_sf_responsive.history_page import overview_page
from app_sf_responsive.languages import Language
from app_sf_responsive.order_page import order_page
from app_sf_responsive.testing.samples import sample_customer, sample_state, sample_view
from app_sf_responsive.visitor import Customer
from iomconnector.cartridges.extensions import Extension
from iomconnector.container import Container, running
from iomconnector.hooks import hookimpl
from iomconnector.model.order_history import OrderHistoryPage, OrderView
from iomconnector.settings import Settings
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.hook_objects import cartridges_from
from iomconnector.testing.samples import sample_order


async def gift_panel(view: OrderView, customer: Customer) -> Panel | None:
    return Panel("Gift", Markup("<p>For {}</p>").format(customer.user.first_name), PanelPlace.SIDE)


async def no_panel(view: OrderView, customer: Customer) -> Panel | None:
    return None


async def broken_panel(view: OrderView, customer: Customer) -> Panel | None:
    raise ZeroDivisionError("parcels by zero")


async def wrong_panel(view: OrderView, customer: Customer) -> Panel | None:
    return "<p>bare</p>"  # type: ignore[return-value]


async def hanging_panel(view: OrderView, customer: Customer) -> Panel | None:
    await asyncio.Event().wait()
    return None


async def help_entry(customer: Customer) -> Sequence[MenuEntry]:
    return [MenuEntry("Help", customer.path("help"))]


async def again(orders: Sequence[OrderView], customer: Customer) -> Mapping[int, Sequence[OrderAction]]:
    return {
        each.order_id: [OrderAction("Buy again", customer.path("again", each.order_id))] for each in orders
    }


class Gifts:
    """A cartridge that joins in."""

    def __init__(self, *extensions: Extension) -> None:
        self._extensions = extensions

    @hookimpl
    def iomconnector_extensions(self) -> Sequence[Extension]:
        return self._extensions


def shop(directory: Path, *extensions: Extension) -> Container:
    return Container(
        settings=Settings.of({"data_directory": directory}, {}),
        cartridges=cartridges_from(cartridge, Gifts(*extensions)),
    )


@in_event_loop
async def test_panels_and_menu_entries_of_others_stand_on_the_page(tmp_path: Path) -> None:
    joining = [
        Extension("OrderDetails.panels", gift_panel),
        Extension("OrderDetails.panels", no_panel),
        Extension("MyAccount.menu", help_entry),
    ]
    async with running(shop(tmp_path, *joining)) as application:
        order = sample_order()
        page = await order_page(sample_view(order, state=sample_state(order)), sample_customer(application))
        html = bytes(page.body).decode()
        assert "<p>For Patricia</p>" in html
        assert "cannot be shown" not in html
        assert 'href="/shop/inSPIRED-inTRONICS/help"' in html


@in_event_loop
async def test_a_broken_panel_is_left_out_and_the_log_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joined, "PATIENCE_SECONDS", 0.05)
    broken = (broken_panel, wrong_panel, hanging_panel)
    joining = [Extension("OrderDetails.panels", each) for each in (*broken, gift_panel)]
    async with running(shop(tmp_path, *joining)) as application:
        with structlog.testing.capture_logs() as logged:
            page = await order_page(sample_view(), sample_customer(application, Language("de")))
        html = bytes(page.body).decode()
        assert page.status_code == 200
        assert "<p>For Patricia</p>" in html
        assert "<p>bare</p>" not in html
        assert html.count('class="note warn"') == 1
        failed = [each for each in logged if each["log_level"] == "error"]
        assert [(each["cartridge"], each["point"]) for each in failed] == [
            ("Gifts_2", "OrderDetails.panels")
        ] * len(broken)
        assert "parcels by zero" in str(failed[0]["exc_info"])


@in_event_loop
async def test_the_overview_asks_for_the_entries_of_others_once_and_has_them_in_menu_and_tiles(
    tmp_path: Path,
) -> None:
    asked: list[str] = []

    async def counted(customer: Customer) -> Sequence[MenuEntry]:
        asked.append(customer.user.login)
        return await help_entry(customer)

    async with running(shop(tmp_path, Extension("MyAccount.menu", counted))) as application:
        page = await overview_page(sample_customer(application), OrderHistoryPage((), 0))
        assert bytes(page.body).decode().count('href="/shop/inSPIRED-inTRONICS/help"') == 2
        assert asked == ["patricia"]


@in_event_loop
async def test_links_of_others_are_given_by_order(tmp_path: Path) -> None:
    async with running(shop(tmp_path, Extension("OrderHistory.actions", again))) as application:
        found = await joined.actions_of([sample_view(order_id=3)], sample_customer(application))
        assert found.given == {3: [OrderAction("Buy again", "/shop/inSPIRED-inTRONICS/again/3")]}
