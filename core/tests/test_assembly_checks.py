"""Everything that can be wrong with an assembly is said at once, each with file, line and remedy."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from iomconnector.assemblies.findings import Severity
from iomconnector.assemblies.resolution import AssemblyError, examine, resolve
from iomconnector.cartridges.descriptor import CartridgeStyle
from iomconnector.cartridges.discovery import InstalledCartridge

REQUIRES: Mapping[str, str] = {
    "orders": "",
    "stock": "",
    "export": "orders",
    "export_b2b": "export",
    "kit_test": "export",
    "leaning": "kit_test",
    "dev_stand_in": "",
    "init_shop": "",
    "init_export": "init_shop export",
    "init_lab": "dev_stand_in",
    "dev_demo": "init_shop",
    "lib": "",
    "uses_lib": "lib",
}
STYLES = {"kit": CartridgeStyle.TEST, "dev": CartridgeStyle.DEVELOPMENT, "init": CartridgeStyle.INIT}
INSTALLED = {
    name: InstalledCartridge(name, f"{name}.cartridge", name, "1.0", tuple(requires.split()))
    for name, requires in REQUIRES.items()
}


def style(cartridge: InstalledCartridge) -> CartridgeStyle:
    return STYLES.get(cartridge.name.partition("_")[0], CartridgeStyle.CARTRIDGE)


def findings_of(name: str, *environments: str) -> list[str]:
    scope = environments or ("development", "test", "production", "init")
    return [
        str(finding) for finding in examine(name, scope, INSTALLED, read_style=style, environ={}).findings
    ]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "assemblies"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


HEAD = '[assembly]\nname = "shop"\n'
BASE = '[assembly]\nname = "base"\n[[include]]\ncartridges = ["orders", "export"]\n'
EXTENDS = f'{HEAD}extends = "base"\n'

FAULTY = [
    pytest.param(
        f"{HEAD}[[include]]\ncartridges = [\n  'orders',\n  'exprt',\n]\n",
        '6: The cartridge "exprt" is not installed. Did you mean "export"?',
        id="unknown cartridge",
    ),
    pytest.param(
        f"{HEAD}[[include]]\ncartridges = ['warehouse']\n",
        '4: The cartridge "warehouse" is not installed. '
        "Install the distribution that offers it, or take it out.",
        id="unknown cartridge that resembles none",
    ),
    pytest.param(
        f"{EXTENDS}[[include]]\ncartridges = ['stock']\n[database]\ninit = ['init_shop', 'init-shop']\n",
        '7: The cartridge "init-shop" is not installed. Did you mean "init_shop"?',
        id="unknown cartridge on the database list",
    ),
    pytest.param(
        f"{HEAD}[[include]]\ncartridges = ['orders', 'export_b2b']\n",
        '4: "export_b2b" needs "export", which the assembly does not include. '
        'Include "export" before "export_b2b".',
        id="missing dependency",
    ),
    pytest.param(
        f"{HEAD}[[include]]\ncartridges = ['orders']\nin = ['test']\n[[include]]\ncartridges = ['export']\n",
        '7: "export" needs "orders", which is missing in development, production. '
        'Include "orders" there too; it stands in shop.toml:4.',
        id="dependency missing in some environments",
    ),
    pytest.param(
        f"{HEAD}[[include]]\ncartridges = ['lib']\nin = ['init']\n[[include]]\ncartridges = ['uses_lib']\n",
        '7: "uses_lib" needs "lib", which is missing in development, test, production. '
        'Include "lib" there too; it stands in shop.toml:4.',
        id="dependency in init only",
    ),
    pytest.param(
        f"{HEAD}[[include]]\ncartridges = ['export',\n'orders']\n",
        '4: "export" needs "orders" but stands before it. Move "orders" from shop.toml:5 before "export".',
        id="dependency after its dependant",
    ),
    pytest.param(
        f"{HEAD}order = ['export', 'orders']\n[[include]]\ncartridges = ['orders', 'export']\n",
        '5: "export" needs "orders" but stands before it. Move "orders" from shop.toml:5 before "export".',
        id="dependency after its dependant by explicit order",
    ),
    pytest.param(
        f"{EXTENDS}[[include]]\ncartridges = ['kit_test']\n",
        '5: "kit_test" is a test cartridge but is included in production. '
        'Include it with in = ["development", "test"].',
        id="test cartridge in production",
    ),
    pytest.param(
        f"{HEAD}[[include]]\ncartridges = ['orders']\n[[include]]\ncartridges = ['dev_stand_in']\n"
        "in = ['development', 'production']\n",
        '6: "dev_stand_in" is a development cartridge but is included in production. '
        'Include it with in = ["development", "test"].',
        id="development cartridge in production",
    ),
    pytest.param(
        f"{EXTENDS}[[include]]\ncartridges = ['kit_test']\nin = ['test']\n"
        "[[include]]\ncartridges = ['leaning']\nin = ['production', 'test']\n",
        '8: "leaning" is in production but needs "kit_test", a test cartridge. '
        'Take "leaning" out of production, or remove this requirement of its distribution.',
        id="production needs a test cartridge",
    ),
    pytest.param(
        f"{HEAD}[[include]]\ncartridges = ['orders', 'init_shop']\n[database]\ninit = ['init_shop']\n",
        '4: "init_shop" is an init cartridge but is included in development, test, production. '
        'Include it with in = ["init"].',
        id="init cartridge among those that run",
    ),
    pytest.param(
        f"{HEAD}[[include]]\ncartridges = ['orders']\n"
        "[[include]]\ncartridges = ['init_shop']\nin = ['init']\n",
        '6: warning: "init_shop" is in init but not on the database list, so its preparers do not run. '
        "Add it to init of [database].",
        id="init cartridge that prepares nothing",
    ),
    pytest.param(
        f"{HEAD}[[include]]\ncartridges = ['orders']\n[database]\ninit = [\n'init_shop',\n'stock']\n",
        '8: "stock" is on the database list but not included, which only init cartridges may be. '
        "Include it, or take it off the list.",
        id="database list names what does not run",
    ),
    pytest.param(
        f"{HEAD}[[include]]\ncartridges = ['orders']\n[[include]]\ncartridges = ['dev_stand_in']\n"
        "in = ['init']\n[database]\ninit = ['dev_stand_in']\n",
        '9: "dev_stand_in" is a development cartridge but prepares the database of production. '
        'Include it with in = ["development", "test"].',
        id="development cartridge prepares production",
    ),
    pytest.param(
        f"{HEAD}[[include]]\ncartridges = ['dev_stand_in']\nin = ['development']\n"
        "[[include]]\ncartridges = ['orders']\n[database]\ninit = ['init_lab']\n",
        '9: "init_lab" is in production but needs "dev_stand_in", a development cartridge. '
        'Take "init_lab" out of production, or remove this requirement of its distribution.',
        id="content of production needs a development cartridge",
    ),
    pytest.param(
        f"{HEAD}[[include]]\ncartridges = ['orders']\n[database]\ninit = ['init_shop', 'init_export']\n",
        '6: "init_export" needs "export", which the assembly does not include. '
        'Include "export" before "init_export".',
        id="content needs what the assembly does not include",
    ),
    pytest.param(
        f"{HEAD}[[include]]\ncartridges = ['orders', 'export']\n[database]\n"
        "init = ['init_export', 'init_shop']\n",
        '6: "init_export" needs "init_shop" but stands before it. '
        'Move "init_shop" from shop.toml:6 before "init_export".',
        id="content after the content that needs it",
    ),
    pytest.param(
        f"{EXTENDS}[exclude]\ncartridges = ['export', 'stock']\n",
        '5: "stock" is excluded but no extended assembly includes it. Remove it from [exclude].',
        id="exclude of what is not included",
    ),
    pytest.param(
        f"{EXTENDS}[exclude]\ncartridges = ['orders']\n",
        '5: "orders" is excluded, but "export" needs it. Exclude "export" too, or keep "orders".',
        id="exclude of what a remaining one needs",
    ),
    pytest.param(
        f"{EXTENDS}[[include]]\ncartridges = ['stock']\n[exclude]\ncartridges = ['stock']\n",
        '7: "stock" is included and excluded by the same file. Remove one of the two.',
        id="included and excluded",
    ),
    pytest.param(
        f"{EXTENDS}[exclude]\ncartridges = ['export']\n[database]\ninit = ['export']\n",
        '5: "export" is on the database list and excluded by the same file. Remove one of the two.',
        id="on the database list and excluded",
    ),
    pytest.param(
        f"{HEAD}order = ['orders',\n'stock']\n[[include]]\ncartridges = ['orders']\n",
        '4: "stock" is in the order but is not included. Include it or take it out of the order.',
        id="order without include",
    ),
    pytest.param(
        f"{EXTENDS}order = ['stock', 'orders']\n[[include]]\ncartridges = ['stock']\n",
        '4: warning: "orders" keeps the position that the extended assembly gives it. '
        "Take it out of the order: the first position wins.",
        id="order of an inherited cartridge",
    ),
    pytest.param(
        HEAD,
        "1: The assembly has no cartridges. Add an [[include]].",
        id="empty assembly",
    ),
    pytest.param(
        f"{HEAD}[[include]]\ncartridges = ['orders']\nin = ['development', 'production']\n",
        "1: warning: The assembly has no cartridges in test. Include some, or do not use it there.",
        id="nothing in one environment",
    ),
    pytest.param(
        f"{HEAD}extends = 'bse'\norder = ['export', 'stock']\n[[include]]\ncartridges = ['export']\n"
        "[exclude]\ncartridges = ['orders']\n[database]\ninit = ['stock']\n",
        '3: No assembly is called "bse". Did you mean "base"?',
        id="unknown base hides what would follow from it",
    ),
]


@pytest.mark.parametrize(("text", "sentence"), FAULTY)
def test_every_fault_is_named_with_file_line_and_remedy(folder: Path, text: str, sentence: str) -> None:
    (folder / "base.toml").write_text(BASE)
    (folder / "shop.toml").write_text(text)
    assert findings_of("shop.toml") == [f"shop.toml:{sentence}"]


SOUND = [
    pytest.param(f"{EXTENDS}", id="base alone"),
    pytest.param(
        f"{EXTENDS}[[include]]\ncartridges = ['kit_test']\nin = ['development', 'test']\n",
        id="test cartridge in development and test",
    ),
    pytest.param(
        f"{EXTENDS}[[include]]\ncartridges = ['init_shop', 'init_export']\nin = ['init']\n"
        "[database]\ninit = ['init_export', 'init_shop']\n",
        id="content in load order, however the database list has it",
    ),
    pytest.param(
        f"{EXTENDS}[database]\ninit = ['orders', 'init_shop', 'init_export']\n",
        id="content on the database list alone",
    ),
    pytest.param(
        f"{EXTENDS}[[include]]\ncartridges = ['init_shop']\nin = ['init']\n[[include]]\n"
        "cartridges = ['dev_demo']\nin = ['development']\n[database]\ninit = ['init_shop']\n",
        id="a tool that needs content",
    ),
]


@pytest.mark.parametrize("text", SOUND)
def test_nothing_is_said_of_a_sound_assembly(folder: Path, text: str) -> None:
    (folder / "base.toml").write_text(BASE)
    (folder / "shop.toml").write_text(text)
    assert findings_of("shop.toml") == []


def test_a_fault_of_another_environment_does_not_concern_this_one(folder: Path) -> None:
    (folder / "shop.toml").write_text(
        f"{HEAD}[[include]]\ncartridges = ['orders']\n"
        "[[include]]\ncartridges = ['export_b2b', 'nobody_has_it']\nin = ['test']\n"
    )
    assert findings_of("shop.toml", "production") == []
    assert len(findings_of("shop.toml", "test")) == 2
    assert findings_of("shop.toml") == findings_of("shop.toml", "test")


def test_warnings_do_not_keep_an_assembly_from_being_used(folder: Path) -> None:
    (folder / "shop.toml").write_text(f"{HEAD}[[include]]\ncartridges = ['orders']\nin = ['test']\n")
    assert resolve("shop.toml", "production", INSTALLED, read_style=style, environ={}).cartridges == ()


def test_everything_is_named_at_once_by_file_and_line(folder: Path) -> None:
    (folder / "base.toml").write_text(f"{BASE}colour = 'red'\n[[include]]\ncartridges = ['nobody_has_it']\n")
    (folder / "shop.toml").write_text(
        f"{EXTENDS}order = ['stock', 'lib']\n[[include]]\ncartridges = ['stock', 'kit_test']\n"
        "[exclude]\ncartridges = ['lib', 'orders']\n"
    )
    with pytest.raises(AssemblyError) as caught:
        resolve("shop.toml", "production", INSTALLED, read_style=style, environ={})
    assert str(caught.value).splitlines() == [
        'base.toml:5: Unknown key "colour" in [[include]]. Known are: cartridges, roots, in.',
        'base.toml:7: The cartridge "nobody_has_it" is not installed. '
        "Install the distribution that offers it, or take it out.",
        'shop.toml:4: "lib" is in the order but is not included. Include it or take it out of the order.',
        'shop.toml:6: "kit_test" is a test cartridge but is included in production. '
        'Include it with in = ["development", "test"].',
        'shop.toml:6: warning: "kit_test" is included but missing from the order, so it comes last. '
        "Add it to the order.",
        'shop.toml:8: "lib" is excluded but no extended assembly includes it. Remove it from [exclude].',
        'shop.toml:8: "orders" is excluded, but "export" needs it. Exclude "export" too, or keep "orders".',
    ]
    assert [finding.severity for finding in caught.value.findings].count(Severity.WARNING) == 1
    assert caught.value.ids == {"assembly": "shop.toml"}
    assert caught.value.code == "assembly.invalid"
