"""Broken assemblies and cartridges, each with what is wrong with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from iomconnector.testing.cartridges import CartridgeSite

HEAD = '[assembly]\nname = "shop"\n'
BASE = '[assembly]\nname = "base"\n\n[[include]]\ncartridges = ["orders", "export"]\n'
EXTENDS = f'{HEAD}extends = "base"\n'
USES = f'{HEAD}\n[[include]]\ncartridges = ["acme"]\n'


def include(names: str, environments: str = "") -> str:
    scope = f"in = {environments.split()}\n" if environments else ""
    return f"[[include]]\ncartridges = {names.split()}\n{scope}".replace("'", '"')


@dataclass(frozen=True)
class Case:
    """One fault.

    Arguments:
        fault: What is wrong, in a few words.
        written: The part that is wrong, as it stands in the file.
        shop: The assembly.
        files: Further assembly files.
        cartridges: Installs what is not installed anyway.
        variables: Environment variables.
    """

    fault: str
    written: str
    shop: str = USES
    files: Mapping[str, str] = field(default_factory=dict)
    cartridges: Callable[[CartridgeSite], object] = lambda _site: None
    variables: Mapping[str, str] = field(default_factory=dict)


def install_usual(site: CartridgeSite) -> None:
    """The cartridges that are installed in every case."""
    site.add_distribution("iomconnector", "7.0")
    site.add_distribution("acme-soap", "2.5.1")
    site.add("orders")
    site.add("stock")
    site.add("export", requires=["orders"])
    site.add("dev_server", style="development")
    site.add("init_shop", style="init")


def acme(body: str = "", **more: str) -> Callable[[CartridgeSite], object]:
    return lambda site: site.add("acme", body, **more)


def acme_requires(*requirements: str) -> Callable[[CartridgeSite], object]:
    return lambda site: site.add("acme", requires=requirements)


def hook(name: str, returned: str, parameters: str = "", above: str = "") -> str:
    return f"{above}\n@hookimpl\ndef {name}({parameters}):\n    return {returned}\n"


COMMAND = "from iomconnector.cli.commands import Command\n"
EXTENSIONS = "from iomconnector.cartridges.extensions import Extension, ExtensionPoint\n"
POINT = hook(
    "iomconnector_extension_points",
    '[ExtensionPoint("Tax.rate", "Says the rate.", lambda country: None)]',
    above=EXTENSIONS,
)


def _two_commands(site: CartridgeSite) -> None:
    for name in ("orders", "acme"):
        site.add(name, hook("iomconnector_commands", '[Command("tax", "Taxes.", None)]', above=COMMAND))


def _two_distributions(site: CartridgeSite) -> None:
    site.add("acme")
    site.add("acme", distribution="acme-copy", version="2.0")


def _circle(site: CartridgeSite) -> None:
    site.add("acme", requires=["acme-tax"])
    site.add("acme_tax", requires=["acme"])


def _dev_needed(site: CartridgeSite) -> None:
    site.add("acme", requires=["dev-server"])


def _unreadable_version(site: CartridgeSite) -> None:
    site.add_distribution("acme-wire", "two")
    site.add("acme", requires=["acme-wire>=2"])


ASSEMBLIES = (
    Case("no TOML", 'name = "shop', '[assembly]\nname = "shop\n'),
    Case("unknown key", 'extend = "base"', f'{HEAD}extend = "base"\n{include("orders")}'),
    Case("no name", "[assembly]", f"[assembly]\n{include('orders')}"),
    Case(
        "text instead of a list",
        'cartridges = "orders"',
        f'{HEAD}{include("stock")}[[include]]\ncartridges = "orders"\n',
    ),
    Case("unknown environment", 'in = ["prod"]', HEAD + include("orders") + include("stock", "prod")),
    Case("twice in one list", '["orders", "orders"]', HEAD + include("orders orders")),
    Case("unknown base", 'extends = "bse"', f'{HEAD}extends = "bse"\n', {"base": BASE}),
    Case(
        "a circle of extends",
        'extends = "own"',
        f'{HEAD}extends = "own"\n',
        {"own": '[assembly]\nname = "own"\nextends = "shop"\n'},
    ),
    Case("named unlike its file", 'name = "store"', f'[assembly]\nname = "store"\n{include("orders")}'),
    Case("misspelt cartridge", '["exprt"]', HEAD + include("orders exprt")),
    Case("dependency left out", '["export"]', HEAD + include("export")),
    Case("dependency after its dependant", '["export", "orders"]', HEAD + include("export orders")),
    Case(
        "dependency in fewer environments",
        'in = ["test"]',
        HEAD + include("orders", "test") + include("export"),
    ),
    Case(
        "order without include",
        'order = ["stock"]',
        f'{HEAD}order = ["orders", "stock"]\n{include("orders")}',
    ),
    Case(
        "excluded and included",
        '[exclude] cartridges = ["stock"]',
        f'{EXTENDS}{include("stock")}[exclude]\ncartridges = ["stock"]\n',
        {"base": BASE},
    ),
    Case(
        "exclude of what is not there",
        '[exclude] cartridges = ["stock"]',
        f'{EXTENDS}[exclude]\ncartridges = ["stock"]\n',
        {"base": BASE},
    ),
    Case(
        "exclude of what another needs",
        '[exclude] cartridges = ["orders"]',
        f'{EXTENDS}[exclude]\ncartridges = ["orders"]\n',
        {"base": BASE},
    ),
    Case("development cartridge in production", '["dev_server"]', HEAD + include("orders dev_server")),
    Case(
        "production needs a development cartridge",
        '["acme"]',
        HEAD + include("dev_server", "development test") + include("acme"),
        cartridges=_dev_needed,
    ),
    Case("init cartridge among those that run", '["init_shop"]', HEAD + include("orders init_shop")),
    Case(
        "init cartridge not on the database list",
        'in = ["init"]',
        HEAD + include("orders") + include("init_shop", "init"),
    ),
    Case(
        "database list names what does not run",
        '[database] init = ["stock"]',
        f'{HEAD}{include("orders")}[database]\ninit = ["stock"]\n',
    ),
    Case("nothing in it", "", HEAD),
    Case("empty set of roots", "roots = []", f"{HEAD}roots = []\n{include('orders')}"),
    Case("order and roots", 'order = ["orders"]', f'{HEAD}roots = ["export"]\norder = ["orders"]\n'),
    Case("a circle of requirements", 'roots = ["acme"]', f'{HEAD}roots = ["acme"]\n', cartridges=_circle),
    Case("unknown setting", "prot = 80", f"{HEAD}{include('orders')}[settings]\nprot = 80\n"),
    Case("wrong setting", 'port = "http"', f'{HEAD}{include("orders")}[settings]\nport = "http"\n'),
    Case(
        "misspelt variable",
        "IOMC_PROT=80",
        HEAD + include("orders"),
        variables={"IOMC_PROT": "80"},
    ),
)

CARTRIDGES = (
    Case("another major version", "acme-soap>=3", cartridges=acme_requires("acme-soap>=3")),
    Case("another minor version", "acme-soap>=2.6", cartridges=acme_requires("acme-soap>=2.6")),
    Case("another patch", "acme-soap>=2.5.2", cartridges=acme_requires("acme-soap>=2.5.2")),
    Case("unreadable version", "acme-wire>=2", cartridges=_unreadable_version),
    Case("requirement not installed", "acme-rates", cartridges=acme_requires("acme-rates")),
    Case("two distributions offer it", "acme = acme.cartridge", cartridges=_two_distributions),
    Case(
        "no such module",
        "acme = acme.cartrigde",
        cartridges=lambda site: site.add_module("acme", "", entry_point="acme.cartrigde"),
    ),
    Case(
        "entry point names an object",
        "acme = acme.cartridge:descriptor",
        cartridges=lambda site: site.add_module("acme", "", entry_point="acme.cartridge:descriptor"),
    ),
    Case("fails to import", "RATE = 1 / 0", cartridges=acme("RATE = 1 / 0\n")),
    Case("no descriptor", "", cartridges=lambda site: site.add_module("acme", "")),
    Case("unknown hook", "def iomconnector_comands()", cartridges=acme(hook("iomconnector_comands", "[]"))),
    Case(
        "unknown parameter",
        "def iomconnector_routers(app)",
        cartridges=acme(hook("iomconnector_routers", "[]", "app")),
    ),
    Case(
        "mark forgotten",
        "def iomconnector_commands()",
        cartridges=acme("\ndef iomconnector_commands():\n    return []\n"),
    ),
    Case("hook raises", "return 1 / 0", cartridges=acme(hook("iomconnector_commands", "1 / 0"))),
    Case("hook returns no list", 'return "tax"', cartridges=acme(hook("iomconnector_commands", '"tax"'))),
    Case(
        "two commands of one name",
        'Command("tax", ...)',
        HEAD + include("orders acme"),
        cartridges=_two_commands,
    ),
    Case(
        "binds to no extension point",
        'Extension("Tax.rat", ...)',
        cartridges=acme(
            hook("iomconnector_extensions", '[Extension("Tax.rat", lambda country: None)]', above=EXTENSIONS)
        ),
    ),
    Case(
        "extension with wrong parameters",
        "def rate(country, city)",
        cartridges=acme(
            POINT
            + "\ndef rate(country, city):\n    return None\n"
            + hook("iomconnector_extensions", '[Extension("Tax.rate", rate)]')
        ),
    ),
)
