"""``iomconnector account`` as users call it."""

import getpass
import os
import pty
import select
import subprocess
import termios
from pathlib import Path

import pytest

from bc_order.testing.shop import PATIENCE_SECONDS, SCRIPT, Shop, prepared_shop, wait_until
from iomconnector.cli.acting_user import acting_user

PASSWORD = "a good long password"


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return prepared_shop(tmp_path)


def add(shop: Shop, name: str, role: str = "operator", *more: str) -> None:
    made = shop.run("account", "add", name, "--role", role, "--password-file", "-", *more, stdin=PASSWORD)
    assert made.code == 0, made


def test_an_account_is_added_listed_changed_and_removed(shop: Shop) -> None:
    add(shop, "boss", "administrator", "--display-name", "The Boss")
    made = shop.run("account", "add", "Anna", "--role", "operator", "--password-file", "-", stdin=PASSWORD)
    assert (made.code, made.out, made.err) == (0, "Account anna is added, with the role operator.\n", "")
    listed = shop.json("account", "list")
    for each in listed:
        assert each.pop("created_at").endswith("+00:00")
    assert listed == [
        {"name": "anna", "display_name": "Anna", "role": "operator", "active": True, "locked_until": None},
        {
            "name": "boss",
            "display_name": "The Boss",
            "role": "administrator",
            "active": True,
            "locked_until": None,
        },
    ]
    for arguments, said in (
        (["role", "ANNA", "read-only"], "Account anna has the role read-only."),
        (["deactivate", "anna"], "Account anna is not active; its sessions are over."),
        (["activate", "anna"], "Account anna is active."),
        (["unlock", "anna"], "Account anna had no failures to forget."),
        (["unlock-address", "192.0.2.1"], "The address 192.0.2.1 had no failures to forget."),
        (["remove", "anna"], "Account anna is removed."),
    ):
        ended = shop.run("account", *arguments)
        assert (ended.code, ended.out, ended.err) == (0, f"{said}\n", "")
    table = shop.run("account", "list").out.splitlines()
    assert table[-1].split()[:5] == ["boss", "The", "Boss", "administrator", "active"]


def test_what_changed_is_in_the_audit_trail_with_the_user_of_the_system(shop: Shop) -> None:
    before = shop.count("audit_entries")
    add(shop, "boss", "administrator")
    assert shop.count("audit_entries") == before + 1
    ended = shop.run("account", "deactivate", "boss")
    assert (ended.code, ended.out) == (1, "")
    assert "boss is the last active administrator." in ended.err
    assert shop.count("audit_entries") == before + 1
    content = b"".join(file.read_bytes() for file in shop.data.iterdir())
    assert getpass.getuser().encode() in content
    assert PASSWORD.encode() not in content


@pytest.mark.parametrize(
    ("arguments", "stdin", "code", "why"),
    [
        (["add", "an na", "--role", "operator", "--generate"], "", 2, "a character that cannot be seen"),
        (
            ["add", "boss", "--role", "operator", "--generate"],
            "",
            3,
            "There is an account named 'boss' already.",
        ),
        (["add", "anna", "--role", "king", "--generate"], "", 2, "'king'"),
        (["add", "anna", "--generate"], "", 2, "--role"),
        (["add", "anna", "--role", "operator"], "", 2, "There is no terminal to ask for the password"),
        (
            ["add", "anna", "--role", "operator", "--password-file", "-"],
            "short",
            2,
            "less than 12 characters",
        ),
        (
            ["add", "anna", "--role", "operator", "--password-file", "-"],
            "annaannaanna",
            2,
            "name of the account",
        ),
        (["add", "anna", "--role", "operator", "--password-file", "-"], b"\xff" * 20, 2, "is not UTF-8 text"),
        (["add", "anna", "--role", "operator", "--password-file", "nowhere"], "", 2, "cannot be read"),
        (["password", "boss", "--password-file", "-", "--generate"], "x", 2, "exclude each other"),
        (["password", "nobody", "--generate"], "", 1, "There is no account named 'nobody'."),
        (["role", "nobody", "operator"], "", 1, "There is no account named 'nobody'."),
        (["unlock", "nobody"], "", 1, "There is no account named 'nobody'."),
        (["remove", "nobody"], "", 1, "There is no account named 'nobody'."),
    ],
)
def test_what_does_not_fit_is_refused(
    shop: Shop, arguments: list[str], stdin: str | bytes, code: int, why: str
) -> None:
    add(shop, "boss", "administrator")
    ended = shop.run("account", *arguments, stdin=stdin)
    assert (ended.code, ended.out) == (code, "")
    assert why in " ".join(ended.err.replace("│", " ").split())
    assert [each["name"] for each in shop.json("account", "list")] == ["boss"]


def test_a_generated_password_is_shown_once_and_alone(shop: Shop) -> None:
    made = shop.run("account", "add", "anna", "--role", "operator", "--generate")
    password = made.out.strip()
    assert made.out == f"{password}\n"
    assert len(password) == 24
    assert "cannot be shown again" in made.err
    another = shop.run("account", "password", "anna", "--generate").out.strip()
    assert another != password
    for file in shop.data.iterdir():
        assert password.encode() not in file.read_bytes()


def test_a_password_file_may_end_with_a_line_end(shop: Shop) -> None:
    file = shop.write("password.txt", f"{PASSWORD}\n")
    made = shop.run("account", "add", "anna", "--role", "operator", "--password-file", file)
    assert made.code == 0, made
    changed = shop.run("account", "password", "anna", "--password-file", file)
    assert changed.out == "The password of anna is changed; its sessions are over.\n"


@pytest.mark.parametrize(
    ("typed", "code", "why"),
    [
        ((PASSWORD, PASSWORD), 0, ""),
        ((PASSWORD, f"{PASSWORD}!"), 2, "The two passwords differ."),
        (("short",), 2, "less than 12 characters"),
    ],
)
def test_a_terminal_is_asked_twice_and_shows_nothing(
    shop: Shop, typed: tuple[str, ...], code: int, why: str
) -> None:
    terminal, inner = pty.openpty()
    process = subprocess.Popen(
        [SCRIPT, "account", "add", "anna", "--role", "operator"],
        cwd=shop.directory,
        env=shop.environment({}),
        stdin=inner,
        stdout=inner,
        stderr=inner,
        start_new_session=True,
    )
    try:
        os.close(inner)
        shown = ""
        for prompt, line in zip(("Password of anna: ", "Once more: "), typed, strict=False):
            shown += shown_until(terminal, prompt)
            wait_until(lambda: not echoes(terminal), "it shows nothing of what is typed")
            os.write(terminal, f"{line}\n".encode())
        shown += shown_until(terminal, None)
        assert process.wait(PATIENCE_SECONDS) == code, shown
    finally:
        process.kill()
        process.wait()
        os.close(terminal)
    assert why in shown
    assert all(line not in shown for line in typed)
    assert len(shop.json("account", "list")) == (1 if code == 0 else 0)


def echoes(terminal: int) -> bool:
    return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)


def shown_until(terminal: int, end: str | None) -> str:
    """What a terminal shows up to a text, or until the last process has left it."""
    shown = ""
    while end is None or not shown.endswith(end):
        readable, _, _ = select.select([terminal], [], [], PATIENCE_SECONDS)
        assert readable, shown
        try:
            shown += os.read(terminal, 10_000).decode(errors="replace")
        except OSError:
            assert end is None, shown
            return shown
    return shown


def test_who_serves_pages_to_sign_in_is_told_that_nobody_can(shop: Shop) -> None:
    shop.site.add(
        "sign_in_pages",
        "from iomconnector.testing.sign_in_site import router\n\n\n"
        "@hookimpl\ndef iomconnector_routers(application):\n    return [router]\n",
    )
    assembly = shop.directory / "assemblies" / "test-shop.toml"
    with shop.serving() as server:
        assert "account add" not in server.process.err
    assembly.write_text(assembly.read_text().replace('"file_orders"', '"file_orders", "sign_in_pages"'))
    with shop.serving() as server:
        wait_until(lambda: "account add NAME --role administrator" in server.process.err, "it tells")
        command = server.process.err.partition("asks for:\n  ")[2].partition(" account add")[0]
        assert command.startswith(f"IOMC_DATA_DIRECTORY={shop.directory}"), "where the server's data is"
    add(shop, "boss", "administrator")
    with shop.serving() as server:
        assert "account add" not in server.process.err


def test_a_user_without_a_name_acts_under_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    for error in (KeyError("uid not found"), OSError("No username set in the environment")):

        def nameless(error: Exception = error) -> str:
            raise error

        monkeypatch.setattr("iomconnector.cli.acting_user.getuser", nameless)
        assert acting_user() == f"uid {os.getuid()}"
