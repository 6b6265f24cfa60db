"""What cartridges offer is judged at start: every fault with cartridge, file and line, all at once."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from iomconnector.cartridges.importing import CartridgeLoadError
from iomconnector.cartridges.loading import load_cartridges
from iomconnector.cartridges.offers import find_offer_problems
from iomconnector.container import Container, running
from iomconnector.settings import Settings
from iomconnector.testing.cartridges import CartridgeSite
from iomconnector.web.app import create_web_application

SERVICE = """
from pydantic import BaseModel
from iomconnector.ports.order_export_service import OrderExportService
from iomconnector.services.definition import ServiceDefinition

@hookimpl
def iomconnector_service_definitions():
    return [ServiceDefinition("tax", "Tax", "Group", OrderExportService, BaseModel, print)]
"""

COMMAND = """
from iomconnector.cli.commands import Command

@hookimpl
def iomconnector_commands():
    return [Command("{name}", "Help.", print)]
"""

POINT = """
from iomconnector.cartridges.extensions import Extension, ExtensionPoint

def bind(order):
    pass

@hookimpl
def iomconnector_extension_points():
    return [{points}]

@hookimpl
def iomconnector_extensions():
    return [{extensions}]
"""

PREPARER = """
from iomconnector.storage.preparation import Preparer

@hookimpl
def iomconnector_preparers():
    return [Preparer("content", print)]
"""

BIND_TAX = "ExtensionPoint('Mapper.bindTax', 'Called.', bind)"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[CartridgeSite]:
    with CartridgeSite(tmp_path / "site") as site:
        yield site


def problems_of(*names: str) -> list[str]:
    return [str(each) for each in find_offer_problems(load_cartridges(names), {"serve": None})]


EXCLUDE = "Rename one of them, or take one of the cartridges out of the assembly."


@pytest.mark.parametrize(
    ("body", "line", "what"),
    [
        (SERVICE, 10, "a service definition 'tax'"),
        (COMMAND.format(name="tax"), 8, "a command 'tax'"),
        (POINT.format(points=BIND_TAX, extensions=""), 11, "an extension point 'Mapper.bindTax'"),
    ],
)
def test_two_definitions_of_one_name_are_told_with_both_places(
    site: CartridgeSite, body: str, line: int, what: str
) -> None:
    first, second = site.add("shop_a", body), site.add("shop_b", body)
    assert problems_of("shop_a", "shop_b") == [
        f"shop_b: {second}:{line}: offers {what}, but shop_a has one of that name: {first}:{line}. {EXCLUDE}"
    ]
    assert problems_of("shop_b", "shop_a")[0].startswith("shop_a: ")


def test_preparers_of_two_cartridges_may_have_one_name_but_not_of_one(site: CartridgeSite) -> None:
    site.add("shop_a", PREPARER)
    site.add("shop_b", PREPARER)
    assert problems_of("shop_a", "shop_b") == []
    file = site.add("shop_c", PREPARER.replace("print)]", "print)] * 2"))
    assert problems_of("shop_c") == [
        f"shop_c: {file}:8: offers a preparer 'content' 2 times. Give each a name of its own."
    ]


def test_a_command_of_the_core_cannot_be_taken(site: CartridgeSite) -> None:
    file = site.add("shop_a", COMMAND.format(name="serve"))
    assert problems_of("shop_a") == [
        f"shop_a: {file}:8: offers a command 'serve', but the core has one of that name. {EXCLUDE}"
    ]


def test_all_faults_of_all_cartridges_are_told_in_load_order(site: CartridgeSite) -> None:
    mend = "Mend the cartridge or take it out of the assembly."
    raising = site.add("shop_z", "\n@hookimpl\ndef iomconnector_commands():\n    raise RuntimeError('ink')\n")
    wrong = site.add("shop_y", "\n@hookimpl\ndef iomconnector_preparers():\n    return ['content']\n")
    binding = site.add(
        "shop_x", POINT.format(points="", extensions="Extension('Mapper.bindTax', lambda a, b: None), 7")
    )
    site.add("shop_map", POINT.format(points=BIND_TAX, extensions=""))
    unbound = site.add("shop_w", POINT.format(points="", extensions="Extension('No.such', bind)"))
    assert problems_of("shop_z", "shop_y", "shop_x", "shop_map", "shop_w") == [
        f"shop_z: {raising}:6: iomconnector_commands: RuntimeError: ink. {mend}",
        f"shop_y: {wrong}:6: iomconnector_preparers: offers str, not Preparer. {mend}",
        f"shop_x: {binding}:15: iomconnector_extensions: offers int, not Extension. {mend}",
        f"shop_x: {binding}:17: Mapper.bindTax: must take the parameters (order), in this order. {mend}",
        f"shop_w: {unbound}:8: No.such: no cartridge of the assembly declares this extension point; "
        f"known: Mapper.bindTax. {mend}",
    ]


def test_a_system_with_such_faults_does_not_start(site: CartridgeSite, tmp_path: Path) -> None:
    site.add("shop_a", SERVICE)
    site.add("shop_b", SERVICE)
    container = Container(
        settings=Settings(data_directory=tmp_path), cartridges=load_cartridges(["shop_a", "shop_b"])
    )

    async def start() -> None:
        async with running(container):
            raise AssertionError("it started")

    with pytest.raises(CartridgeLoadError, match=r"^shop_b: .*: offers a service definition 'tax'"):
        asyncio.run(start())


ROUTE = """
from fastapi import APIRouter

router = APIRouter(prefix="/tax")


@router.get("/{PARAMETER}")
def tax() -> str:
    return "tax"


@hookimpl
def iomconnector_routers():
    return [router]
"""


def test_two_equal_routes_keep_the_web_application_from_starting(site: CartridgeSite, tmp_path: Path) -> None:
    first = site.add("shop_a", ROUTE.replace("PARAMETER", "order"))
    second = site.add("shop_b", ROUTE.replace("PARAMETER", "number"))
    site.add("shop_c", ROUTE.replace("get(", "post("))
    container = Container(
        settings=Settings(data_directory=tmp_path), cartridges=load_cartridges(["shop_a", "shop_b", "shop_c"])
    )

    async def start() -> None:
        async with running(container) as application:
            create_web_application(application)

    with pytest.raises(CartridgeLoadError) as caught:
        asyncio.run(start())
    assert str(caught.value) == (
        f"shop_b: {second}:11: offers the route GET /tax/{{number}}, but shop_a has the same: {first}:11. "
        "Change one of them, or take one of the cartridges out of the assembly."
    )
