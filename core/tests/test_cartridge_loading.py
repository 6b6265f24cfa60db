"""Loading cartridges: only the named ones, in order, and everything that is wrong with them at once."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from iomconnector.cartridges.importing import CartridgeLoadError
from iomconnector.cartridges.loading import HookError, load_cartridges
from iomconnector.testing.cartridges import CartridgeSite

COMMANDS = "\n@hookimpl\ndef iomconnector_commands():\n    return [{items}]\n"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[CartridgeSite]:
    with CartridgeSite(tmp_path / "site") as site:
        yield site


def problems_of(*names: str) -> list[str]:
    with pytest.raises(CartridgeLoadError) as caught:
        load_cartridges(names)
    assert str(caught.value) == "\n".join(str(problem) for problem in caught.value.problems)
    return [str(problem) for problem in caught.value.problems]


def test_loads_in_the_given_order(site: CartridgeSite) -> None:
    for name in ("shop_a", "shop_b", "shop_c"):
        site.add(name)
    loaded = load_cartridges(["shop_c", "shop_a", "shop_b", "shop_a"])
    assert loaded.names == ("shop_c", "shop_a", "shop_b")
    assert [each.descriptor.display_name for each in loaded.in_order] == ["shop_c", "shop_a", "shop_b"]
    assert loaded.manager.get_plugin("shop_a") is loaded.in_order[1].module


def test_a_cartridge_that_is_not_named_is_never_imported(site: CartridgeSite, tmp_path: Path) -> None:
    trace = tmp_path / "imported"
    site.add("shop_orders")
    site.add("shop_bystander", f"open({str(trace)!r}, 'w').close()\n")
    load_cartridges(["shop_orders"])
    assert not trace.exists()
    assert not [name for name in sys.modules if name.startswith("shop_bystander")]


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


def test_an_optional_hook_that_does_not_exist_is_left_alone(site: CartridgeSite) -> None:
    body = "\n@hookimpl(optionalhook=True)\ndef iomconnector_of_tomorrow():\n    return []\n"
    site.add("shop_pages", body)
    assert load_cartridges(["shop_pages"]).names == ("shop_pages",)


def test_an_unknown_cartridge_is_named_with_what_was_meant(site: CartridgeSite) -> None:
    site.add("shop_orders")
    assert problems_of("shop-orders") == ['shop-orders: is not installed. Did you mean "shop_orders"?']


def test_an_unknown_hook_is_refused(site: CartridgeSite) -> None:
    file = site.add("shop_pages", "\n@hookimpl\ndef iomconnector_comands():\n    return []\n")
    assert problems_of("shop_pages") == [
        f'shop_pages: {file}:6: there is no hook iomconnector_comands. Did you mean "iomconnector_commands"?'
    ]


MISFITS = [
    pytest.param(
        "@hookimpl\ndef iomconnector_routers(application, database):\n    return []\n",
        "iomconnector_routers takes database, which this hook does not pass. "
        "Take what you need of iomconnector_routers(application).",
        id="argument that the hook does not pass",
    ),
    pytest.param(
        "@hookimpl\ndef iomconnector_routers(*, database):\n    return []\n",
        "iomconnector_routers takes database, which this hook does not pass. "
        "Take what you need of iomconnector_routers(application).",
        id="keyword argument that the hook does not pass",
    ),
    pytest.param(
        "@hookimpl\ndef iomconnector_routers(*args):\n    return []\n",
        "iomconnector_routers takes *args, which a hook cannot. "
        "Take what you need of iomconnector_routers(application).",
        id="argument list",
    ),
    pytest.param(
        "@hookimpl\nasync def iomconnector_commands():\n    return []\n",
        "iomconnector_commands must be a plain function that returns a list. Define it with def and return.",
        id="coroutine",
    ),
    pytest.param(
        "@hookimpl\ndef iomconnector_commands():\n    yield 1\n",
        "iomconnector_commands must be a plain function that returns a list. Define it with def and return.",
        id="generator",
    ),
    pytest.param(
        "@hookimpl(tryfirst=True)\ndef iomconnector_commands():\n    return []\n",
        "iomconnector_commands is marked tryfirst. Remove the mark; the assembly says the order.",
        id="order of its own",
    ),
    pytest.param(
        "def iomconnector_commands():\n    return []\n",
        "iomconnector_commands has the name of a hook but is not marked as one. Put @hookimpl above it.",
        id="forgotten mark",
    ),
]


@pytest.mark.parametrize(("body", "sentence"), MISFITS)
def test_a_hook_with_a_wrong_signature_is_refused(site: CartridgeSite, body: str, sentence: str) -> None:
    file = site.add("shop_pages", body)
    assert problems_of("shop_pages") == [f"shop_pages: {file}:5: {sentence}"]


def test_a_wrapper_is_refused(site: CartridgeSite) -> None:
    body = "@hookimpl(wrapper=True)\ndef iomconnector_commands():\n    return (yield)\n"
    file = site.add("shop_pages", body)
    assert (
        f"shop_pages: {file}:5: iomconnector_commands is marked wrapper. "
        "Remove the mark; a hook here cannot wrap others."
    ) in problems_of("shop_pages")


def test_a_failing_import_is_named_with_the_line_of_the_cartridge(site: CartridgeSite) -> None:
    file = site.add("shop_pages", "import json\njson.loads('{')\n")
    assert problems_of("shop_pages") == [
        f"shop_pages: {file}:6: cannot be imported: JSONDecodeError: Expecting property name enclosed in "
        "double quotes: line 1 column 2 (char 1). Mend the cartridge or take it out of the assembly."
    ]


def test_a_missing_library_is_named(site: CartridgeSite) -> None:
    file = site.add("shop_pages", "import shop_library_nobody_has\n")
    assert problems_of("shop_pages") == [
        f"shop_pages: {file}:5: cannot be imported: ModuleNotFoundError: "
        "No module named 'shop_library_nobody_has'. Mend the cartridge or take it out of the assembly."
    ]


def test_a_syntax_error_is_named_with_its_line(site: CartridgeSite) -> None:
    file = site.add("shop_pages", "\n\ndef (:\n")
    (problem,) = problems_of("shop_pages")
    assert problem.startswith(f"shop_pages: {file}:7: cannot be imported: SyntaxError: invalid syntax. ")


def test_a_cartridge_that_ends_the_process_is_a_problem(site: CartridgeSite) -> None:
    file = site.add("shop_pages", "raise SystemExit(3)\n")
    assert problems_of("shop_pages") == [
        f"shop_pages: {file}:5: cannot be imported: SystemExit: 3. "
        "Mend the cartridge or take it out of the assembly."
    ]


def test_a_missing_module_is_named_with_its_distribution(site: CartridgeSite) -> None:
    site.add_module("shop_pages", "", entry_point="shop_pages.face")
    assert problems_of("shop_pages") == [
        "shop_pages: shop-pages 1.0 announces the module shop_pages.face, but there is no module "
        "shop_pages.face. Add the module or correct the entry point."
    ]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "shop_pages.cartridge has no descriptor."),
        ("descriptor = 'pages'\n", "the descriptor of shop_pages.cartridge is of type str."),
    ],
)
def test_a_cartridge_needs_a_descriptor(site: CartridgeSite, text: str, sentence: str) -> None:
    file = site.add_module("shop_pages", text)
    assert problems_of("shop_pages") == [
        f"shop_pages: {file}:1: {sentence} "
        'Write descriptor = CartridgeDescriptor("...") at the top of the module.'
    ]


def test_unsound_metadata_keep_a_cartridge_from_being_imported(site: CartridgeSite, tmp_path: Path) -> None:
    trace = tmp_path / "imported"
    site.add("shop_pages", f"open({str(trace)!r}, 'w').close()\n", requires=["shop-prices"])
    assert problems_of("shop_pages") == [
        "shop_pages: shop-pages requires shop-prices, which is not installed. Install what fits together."
    ]
    assert not trace.exists()


def test_two_cartridges_cannot_share_a_module(site: CartridgeSite) -> None:
    site.add("shop_pages")
    site.add_module("shop_other", "", entry_point="shop_pages.cartridge")
    assert problems_of("shop_pages", "shop_other") == [
        "shop_other: has the same module as shop_pages, shop_pages.cartridge. "
        "Give each cartridge a module of its own."
    ]


def test_all_problems_are_named_at_once(site: CartridgeSite) -> None:
    site.add("shop_a", "raise ValueError('a')\n")
    site.add(
        "shop_b", "@hookimpl\ndef iomconnector_x():\n    return []\n\n\ndef iomconnector_y():\n    pass\n"
    )
    site.add("shop_c")
    named = [problem.partition(":")[0] for problem in problems_of("shop_a", "shop_b", "shop_c", "shop_d")]
    assert named == ["shop_a", "shop_d", "shop_b", "shop_b"]


def test_every_failing_hook_is_named_and_none_hides_another(site: CartridgeSite) -> None:
    first = site.add("shop_a", "@hookimpl\ndef iomconnector_commands():\n    raise KeyError('tax')\n")
    second = site.add("shop_b", "@hookimpl\ndef iomconnector_commands():\n    return None\n")
    third = site.add("shop_c", "@hookimpl\ndef iomconnector_commands():\n    return 'abc'\n")
    loaded = load_cartridges(["shop_a", "shop_b", "shop_c"])
    with pytest.raises(HookError) as caught:
        loaded.collect("iomconnector_commands")
    assert str(caught.value).splitlines() == [
        f"shop_a: iomconnector_commands: KeyError: 'tax'. Defined at {first}:5.",
        f"shop_b: iomconnector_commands: must return a list, not NoneType. Defined at {second}:5.",
        f"shop_c: iomconnector_commands: must return a list, not str. Defined at {third}:5.",
    ]
    assert isinstance(caught.value.__cause__, KeyError)
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
