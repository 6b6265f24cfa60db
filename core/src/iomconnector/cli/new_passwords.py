"""Where a command gets a new password from: the terminal, a file, or chance."""

import secrets
import sys
from dataclasses import dataclass, field
from pathlib import Path

import typer

from iomconnector.model.accounts import checked_password

GENERATED_BYTES = 18


@dataclass(frozen=True, slots=True)
class NewPassword:
    """A password that was chosen.

    Arguments:
        text: The password.
        generated: Whether nobody but this process knows it yet.
    """

    text: str = field(repr=False)
    generated: bool = False


def new_password(name: str, file: Path | None, *, generate: bool) -> NewPassword:
    """A new password for an account.

    Arguments:
        name: The account.
        file: Where it stands; ``-`` is standard input. Line ends at the end do not belong to it.
        generate: Whether to make one up.

    Raises:
        PasswordRefusedError: It is too easy to guess; it is not shown.
        typer.BadParameter: The file cannot be read, there is no terminal to ask at, or what was typed differs
            from what was typed first.
    """
    if generate and file is not None:
        raise typer.BadParameter("--generate and --password-file exclude each other.")
    if generate:
        return NewPassword(secrets.token_urlsafe(GENERATED_BYTES), generated=True)
    text = _asked(name) if file is None else _read(file)
    checked_password(text, name=name)
    return NewPassword(text)


def _asked(name: str) -> str:
    if not sys.stdin.isatty():
        raise typer.BadParameter(
            "There is no terminal to ask for the password: give --password-file FILE or --generate."
        )
    first: str = typer.prompt(f"Password of {name}", hide_input=True, err=True)
    checked_password(first, name=name)
    if typer.prompt("Once more", hide_input=True, err=True) != first:
        raise typer.BadParameter("The two passwords differ.")
    return first


def _read(file: Path) -> str:
    if str(file) == "-":
        return _decoded(sys.stdin.buffer.read(), "Standard input")
    try:
        content = file.read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"{file} cannot be read: {error.strerror}.") from error
    return _decoded(content, str(file))


def _decoded(content: bytes, source: str) -> str:
    try:
        return content.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        raise typer.BadParameter(f"{source} is not UTF-8 text.") from None
