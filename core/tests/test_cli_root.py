"""``iomconnector`` itself: help, choice of the assembly, commands of cartridges, errors."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bc_order.testing.shop import SCRIPT, Shop, prepared_shop

CORE = [
    "account",
    "assembly",
    "cartridge",
    "context",
    "customer",
    "dbinit",
    "dbprepare",
    "job",
    "reservation",
    "sequence",
    "serve",
    "service",
    "token",
    "worker",
]

HEAVY = ["sqlalchemy", "alembic", "fastapi", "uvicorn", "babel", "rich.progress", "starlette", "structlog"]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return prepared_shop(tmp_path_factory.mktemp("shop"))


def commands(text: str) -> list[str]:
    """The names in the list of commands of a help text."""
    listed = text.partition(" Commands ")[2].splitlines()[1:]
    return [line.split()[1] for line in listed if line.startswith("│ ") and not line.startswith("│  ")]


def test_the_help_lists_commands_of_core_and_cartridges(shop: Shop) -> None:
    for arguments, code in ((["--help"], 0), ([], 2), (["-a", "test-shop", "--help"], 0)):
        ended = shop.run(*arguments)
        assert (ended.code, ended.err) == (code, "")
        assert commands(ended.out) == sorted([*CORE, "order", "privacy", "reconcile", "retention"])
        text = " ".join(ended.out.split())
        assert (
            "Exit codes: 0 done, 1 not everything is well, 2 wrong call or input, 3 wrong configuration"
            in text
        )


def test_the_help_imports_nothing_heavy(shop: Shop) -> None:
    program = (
        "import json, sys\n"
        "from iomconnector.cli.main import main\n"
        "sys.argv[0] = 'iomconnector'\n"
        "try:\n    main()\n"
        "finally:\n    print(json.dumps(sorted(sys.modules)), file=sys.stderr)\n"
    )
    for argument in ("--help", "--version"):
        done = subprocess.run(
            [sys.executable, "-c", program, argument],
            cwd=shop.directory,
            env=shop.environment({}),
            capture_output=True,
            text=True,
            check=True,
        )
        imported = json.loads(done.stderr)
        assert "iomconnector.cli.root" in imported
        assert [name for name in HEAVY if name in imported] == []


def test_the_console_script_and_the_module_are_the_same(shop: Shop) -> None:
    for program in ([str(SCRIPT)], [sys.executable, "-m", "iomconnector"]):
        done = subprocess.run(
            [*program, "--version"], capture_output=True, text=True, check=True, cwd=shop.directory
        )
        assert (done.stdout, done.stderr) == ("iomconnector 0.1.0\n", "")


def test_in_an_empty_directory_the_help_lists_the_core_and_says_what_is_missing(
    shop: Shop, tmp_path: Path
) -> None:
    empty = Shop(tmp_path)
    variables = {"IOMC_ASSEMBLY": ""}
    (tmp_path / "assemblies" / "test-shop.toml").unlink()
    (tmp_path / "assemblies").rmdir()
    ended = empty.run("--help", variables=variables)
    assert ended.code == 0
    assert commands(ended.out) == CORE
    assert ended.err == (
        "The commands of the assembly's cartridges are missing here: "
        'No assembly is called "inspired-iomconnector". '
        "Looked in no directory; IOMC_ASSEMBLY_PATH adds directories.\n"
        "`iomconnector assembly check` shows everything that is wrong.\n"
    )
    called = empty.run("order", "list", variables=variables)
    assert (called.code, called.out) == (3, "")
    assert called.err.startswith('error: No assembly is called "inspired-iomconnector".')
    assert empty.run("--version", variables=variables).code == 0


def test_an_unknown_command_is_told_with_the_one_that_was_meant(shop: Shop) -> None:
    for wrong, meant in (("ordr", "order"), ("servce", "service"), ("db-prepare", "dbprepare")):
        ended = shop.run(wrong)
        assert (ended.code, ended.out) == (2, "")
        assert f"There is no command '{wrong}'. Did you mean \"{meant}\"?" in " ".join(
            ended.err.replace("│", " ").split()
        )
    strange = shop.run("xyzzy")
    assert strange.code == 2
    assert "There is no command 'xyzzy'." in strange.err
    assert "Did you mean" not in strange.err
    assert shop.run("--nonsense").code == 2
    assert shop.run("order", "plac", "x").code == 2


def test_help_of_a_command_offers_no_shell_completion(shop: Shop) -> None:
    for arguments in (["order"], ["serve"], ["assembly"]):
        ended = shop.run(*arguments, "--help")
        assert ended.code == 0
        assert "--install-completion" not in ended.out
        assert f"Usage: iomconnector {arguments[0]}" in ended.out


def test_a_wrong_environment_ends_with_exit_code_3(shop: Shop) -> None:
    for arguments, variables in (
        (["-e", "prodution"], {}),
        (["--env", "prodution"], {}),
        ([], {"IOMC_ENVIRONMENT": "prodution"}),
    ):
        ended = shop.run(*arguments, "context", "list", variables=variables)
        assert (ended.code, ended.out) == (3, "")
        assert ended.err == 'error: Unknown environment "prodution". Did you mean "production"?\n'


def test_a_broken_assembly_is_told_completely_with_exit_code_3(shop: Shop) -> None:
    broken = shop.directory / "broken.toml"
    broken.write_text('[assembly]\nname = "broken"\n\n[[include]]\ncartridges = ["bc_ordr"]\n\n[settngs]\n')
    ended = shop.run("-a", "./broken.toml", "context", "list")
    assert (ended.code, ended.out) == (3, "")
    assert "broken.toml:5: " in ended.err
    assert "broken.toml:7: " in ended.err
    assert 'Did you mean "bc_order"?' in ended.err
    listed = shop.run("-a", "./broken.toml", "--help")
    assert (listed.code, commands(listed.out)) == (0, CORE)
    assert listed.err.count("are missing here") == 1


def with_cartridges(shop: Shop, name: str, *cartridges: str) -> list[str]:
    """Write an assembly; the options that choose it."""
    listed = ", ".join(f'"{cartridge}"' for cartridge in cartridges)
    file = shop.directory / "assemblies" / f"{name}.toml"
    file.write_text(f'[assembly]\nname = "{name}"\n\n[[include]]\ncartridges = [{listed}]\n')
    return ["-a", name]


def offering(command: str, load: str) -> str:
    return f"""
from iomconnector.cli.commands import Command


def load():
    {load}


@hookimpl
def iomconnector_commands():
    return [Command("{command}", "Greet.", load)]
"""


GREETING = """
    import typer

    app = typer.Typer()

    @app.command()
    def greet(name: str) -> None:
        "Greet somebody."
        typer.echo(f"Hello, {name}.")

    return app
"""


def test_a_cartridge_that_cannot_be_imported_is_named_with_exit_code_3(shop: Shop) -> None:
    shop.site.add("torn", "import no_such_module\n")
    ended = shop.run(*with_cartridges(shop, "torn-shop", "torn"), "context", "list")
    assert (ended.code, ended.out) == (3, "")
    assert '"torn" cannot be loaded: ' in ended.err
    assert "No module named 'no_such_module'" in ended.err


def test_a_cartridge_adds_a_command_which_is_imported_when_it_is_called(shop: Shop) -> None:
    shop.site.add("greeting", offering("greet", GREETING))
    chosen = with_cartridges(shop, "greeting-shop", "greeting")
    ended = shop.run(*chosen, "greet", "Patricia")
    assert (ended.code, ended.out) == (0, "Hello, Patricia.\n")
    assert "Greet somebody." in shop.run(*chosen, "greet", "--help").out
    shop.site.add("hasty", offering("hurry", "raise ImportError('no such ink')"))
    chosen = with_cartridges(shop, "hasty-shop", "hasty")
    assert commands(shop.run(*chosen, "--help").out) == sorted([*CORE, "hurry"])
    failed = shop.run(*chosen, "hurry")
    assert (failed.code, failed.out) == (3, "")
    assert failed.err.startswith(
        "error: The command 'hurry' of hasty cannot be loaded: ImportError: no such ink ("
        f"{shop.site.folder / 'hasty' / 'cartridge.py'}:"
    )
    assert failed.err.endswith("Mend hasty, or take it out of the assembly.\n")


@pytest.mark.parametrize(("command", "other"), [("serve", "the core"), ("order", "bc_order")])
def test_two_commands_of_one_name_are_refused(shop: Shop, command: str, other: str) -> None:
    shop.site.add(f"also_{command}", offering(command, GREETING))
    chosen = with_cartridges(shop, f"twice-{command}", "bc_order", f"also_{command}")
    ended = shop.run(*chosen, "order", "list")
    assert (ended.code, ended.out) == (3, "")
    here = f"{shop.site.folder / f'also_{command}' / 'cartridge.py'}:24"
    assert ended.err.startswith(
        f"error: also_{command}: {here}: offers a command '{command}', but {other} has one of that name"
    )


def test_settings_from_variables_are_checked_with_exit_code_3(shop: Shop) -> None:
    wrong = shop.run("context", "list", variables={"IOMC_PORT": "http", "IOMC_LOG_FORMAT": "xml"})
    assert (wrong.code, wrong.out) == (3, "")
    assert "port (IOMC_PORT): " in wrong.err
    assert "log_format (IOMC_LOG_FORMAT): " in wrong.err
    misspelt = shop.run("context", "list", variables={"IOMC_DATA_DIR": "x"})
    assert misspelt.code == 3
    assert "Did you mean IOMC_DATA_DIRECTORY?" in misspelt.err


def test_a_setting_of_the_assembly_is_told_with_its_line(shop: Shop) -> None:
    file = shop.directory / "lined.toml"
    file.write_text(
        '[assembly]\nname = "lined"\n\n[[include]]\ncartridges = ["bc_order"]\n\n[settings]\nport = "x"\n'
    )
    ended = shop.run("-a", "./lined.toml", "context", "list")
    assert ended.code == 3
    assert "lined.toml:8: The setting port is wrong: " in ended.err
