"""The file of rejected orders, to correct them and place them again."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bc_order.order_files import Entry, OrderFileError


@contextmanager
def rejected_orders(path: Path | None) -> Iterator[Callable[[Entry], None]]:
    """Write rejected orders to a file as JSON Lines, as they stood in the file that was placed.

    The file takes the place of an older one at the end of the block, and only if the block does not fail, so
    it may be the very file that is read.

    Arguments:
        path: The file; none writes nothing.

    Yields:
        A function to call with each rejected order.

    Raises:
        OrderFileError: The file cannot be written; nothing was written then.
    """
    if path is None:
        yield lambda _: None
        return
    if path.is_dir():
        raise OrderFileError(f"{path} is a directory.", hint="Name a file for the rejected orders.")
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise _unwritable(path, error) from error
    written = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:

            def write(entry: Entry) -> None:
                try:
                    file.write(_one_line(entry.text) + b"\n")
                except OSError as error:
                    raise _unwritable(path, error) from error

            yield write
        _replace(written, path)
    finally:
        written.unlink(missing_ok=True)


def _replace(written: Path, path: Path) -> None:
    try:
        written.chmod(0o666 & ~_umask())
        written.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _one_line(text: str) -> bytes:
    return b" ".join(text.encode("utf-8", "surrogateescape").split(b"\n")).replace(b"\r", b"").strip()


def _unwritable(path: Path, error: OSError) -> OrderFileError:
    return OrderFileError(
        f"{path} cannot be written: {error.strerror}.", hint="Choose another file for the rejected orders."
    )
