"""Calling the hooks of loaded cartridges: the order, the arguments, the failures, the extensions."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from iomconnector.cartridges.loading import HookError, load_cartridges
from iomconnector.testing.cartridges import CartridgeSite

COMMANDS = "\n@hookimpl\ndef iomconnector_commands():\n    return [{items}]\n"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[CartridgeSite]:
    with CartridgeSite(tmp_path / "site") as site:
        yield site


def test_hooks_are_called_in_load_order(site: CartridgeSite) -> None:
    site.add("shop_a", COMMANDS.format(items="'a1', 'a2'"))
    site.add("shop_b")
    site.add("shop_c", COMMANDS.format(items="'c'"))
    offered = [("shop_c", "c"), ("shop_a", "a1"), ("shop_a", "a2")]
    assert load_cartridges(["shop_c", "shop_b", "shop_a"]).collect("iomconnector_commands") == offered
    offered = [("shop_a", "a1"), ("shop_a", "a2"), ("shop_c", "c")]
    assert load_cartridges(["shop_a", "shop_b", "shop_c"]).collect("iomconnector_commands") == offered


def test_a_hook_gets_the_arguments_that_it_takes(site: CartridgeSite) -> None:
    site.add(
        "shop_pages",
        "\n@hookimpl\ndef iomconnector_routers(application):\n    return [application]\n"
        "\n@hookimpl\ndef iomconnector_background_services():\n    return ('none',)\n",
    )
    loaded = load_cartridges(["shop_pages"])
    assert loaded.collect("iomconnector_routers", application="shop") == [("shop_pages", "shop")]
    assert loaded.collect("iomconnector_background_services", application="shop") == [("shop_pages", "none")]


def test_a_hook_may_have_another_function_name(site: CartridgeSite) -> None:
    body = "\n@hookimpl(specname='iomconnector_commands')\ndef commands():\n    return [1]\n"
    site.add("shop_pages", body)
    assert load_cartridges(["shop_pages"]).collect("iomconnector_commands") == [("shop_pages", 1)]


def test_a_hook_may_have_parameters_of_its_own_with_defaults(site: CartridgeSite) -> None:
    body = (
        "\n@hookimpl\ndef iomconnector_commands(prefix='x', *, suffix='y'):\n    return [prefix + suffix]\n"
    )
    site.add("shop_pages", body)
    assert load_cartridges(["shop_pages"]).collect("iomconnector_commands") == [("shop_pages", "xy")]


def test_functions_imported_from_elsewhere_are_left_alone(site: CartridgeSite) -> None:
    site.add("shop_pages", "from iomconnector.hooks import iomconnector_commands\n")
    assert load_cartridges(["shop_pages"]).collect("iomconnector_commands") == []


def test_every_failing_hook_is_named_and_none_hides_another(site: CartridgeSite) -> None:
    first = site.add("shop_a", "@hookimpl\ndef iomconnector_commands():\n    raise RuntimeError('no tax.')\n")
    second = site.add("shop_b", "@hookimpl\ndef iomconnector_commands():\n    return None\n")
    third = site.add("shop_c", "@hookimpl\ndef iomconnector_commands():\n    return 'abc'\n")
    loaded = load_cartridges(["shop_a", "shop_b", "shop_c"])
    with pytest.raises(HookError) as caught:
        loaded.collect("iomconnector_commands")
    assert str(caught.value).splitlines() == [
        f"shop_a: iomconnector_commands: RuntimeError: no tax. Defined at {first}:5.",
        f"shop_b: iomconnector_commands: must return a list, not NoneType. Defined at {second}:5.",
        f"shop_c: iomconnector_commands: must return a list, not str. Defined at {third}:5.",
    ]
    assert isinstance(caught.value.__cause__, RuntimeError)
    assert caught.value.ids == {"cartridges": "shop_a, shop_b, shop_c"}


def test_a_hook_is_called_with_its_own_arguments_only(site: CartridgeSite) -> None:
    loaded = load_cartridges([])
    with pytest.raises(HookError, match=r"iomconnector_routers is called with \(application\), not \(shop\)"):
        loaded.collect("iomconnector_routers", shop=1)
    with pytest.raises(HookError, match=r'There is no hook iomconnector_router\. Did you mean "iomc'):
        loaded.collect("iomconnector_router")


POINT = """
from iomconnector.cartridges.extensions import Extension, ExtensionPoint

def bind_tax(order):
    return [{mark!r}]

@hookimpl
def iomconnector_extension_points():
    return [{points}]

@hookimpl
def iomconnector_extensions():
    return [{extensions}]
"""


def test_extensions_are_called_by_priority_and_then_in_load_order(site: CartridgeSite) -> None:
    point = "ExtensionPoint('Mapper.bindTax', 'Called for each order.', bind_tax)"
    extension = "Extension('Mapper.bindTax', bind_tax)"
    early = "Extension('Mapper.bindTax', bind_tax, priority=1)"
    site.add("shop_map", POINT.format(mark="map", points=point, extensions=extension))
    site.add("shop_x", POINT.format(mark="x", points="", extensions=extension))
    site.add("shop_y", POINT.format(mark="y", points="", extensions=early))
    loaded = load_cartridges(["shop_x", "shop_map", "shop_y"])
    bound = loaded.extensions().bound_to("Mapper.bindTax")
    assert [each.cartridge for each in bound] == ["shop_y", "shop_x", "shop_map"]
    assert [each("order") for each in bound] == [["y"], ["x"], ["map"]]


def test_extension_hooks_offer_points_and_extensions_only(site: CartridgeSite) -> None:
    site.add("shop_map", POINT.format(mark="map", points="'Mapper.bindTax'", extensions=""))
    with pytest.raises(HookError) as caught:
        load_cartridges(["shop_map"]).extensions()
    assert str(caught.value) == ("shop_map: iomconnector_extension_points: offers str, not ExtensionPoint.")
