"""How the cache lays values down: as bytes within its database, and nothing else."""

from typing import Any

import diskcache  # type: ignore[import-untyped]
from diskcache.core import MODE_RAW  # type: ignore[import-untyped]


class ForeignEntryError(OSError):
    """What stands in the cache is nothing that this program put there.

    The library takes an ``OSError`` for an entry that is gone.
    """


class BytesDisk(diskcache.Disk):  # type: ignore[misc]
    """Keeps text keys and bytes. Who can write into the directory of a cache must not be able to run code, or
    to have other files read or removed (CVE-2025-69872): pickles are never read, and no files beside the
    database are."""

    def __init__(self, directory: str, **_: Any) -> None:
        super().__init__(directory)

    def hash(self, key: Any) -> int:
        """As the library does it, for text."""
        number: int = super().hash(self.put(key)[0])
        return number

    def put(self, key: Any) -> tuple[str, bool]:
        """A key as it is kept."""
        if not isinstance(key, str):
            raise TypeError(f"a key of the cache is text, not {type(key).__name__}")
        return key, True

    def get(self, key: Any, raw: Any) -> str:
        """A key that was kept."""
        if not raw or not isinstance(key, str):
            raise ForeignEntryError("a key of the cache is no text")
        return key

    def store(self, value: Any, read: bool, key: Any = None) -> tuple[int, int, None, bytes]:
        """A value as it is kept."""
        if read or not isinstance(value, bytes):
            raise TypeError(f"a value of the cache is bytes, not {type(value).__name__}")
        return 0, MODE_RAW, None, value

    def fetch(self, mode: int, filename: str | None, value: Any, read: bool) -> bytes:
        """A value that was kept."""
        if mode != MODE_RAW or filename is not None or not isinstance(value, bytes) or read:
            raise ForeignEntryError("a value of the cache is no bytes")
        return value

    def remove(self, file_path: str) -> None:
        """Nothing is kept in files, so none is removed."""
