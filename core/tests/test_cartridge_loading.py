"""Loading cartridges: only the named ones, in order, and everything that is wrong with them at once."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from iomconnector.cartridges.importing import CartridgeLoadError
from iomconnector.cartridges.loading import load_cartridges
from iomconnector.testing.cartridges import CartridgeSite


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
