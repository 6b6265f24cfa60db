"""Finding secrets where they must not be: logs, files, rows."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import MetaData, select

from iomconnector.storage.database import Database
from iomconnector.storage.tables.metadata import metadata as every_table

SHORTEST = 8
"""A secret that is shorter would be found by accident."""


def forms_of(secret: str) -> frozenset[bytes]:
    """What a secret looks like as it is, in a URL, in JSON, and in Base64 wherever it begins there.

    Raises:
        ValueError: It is too short to be told from other text.
    """
    if len(secret) < SHORTEST:
        raise ValueError(f"A secret to look for needs {SHORTEST} characters.")
    raw = secret.encode()
    plain = {raw, quote(secret, safe="").encode(), json.dumps(secret)[1:-1].encode()}
    return frozenset(plain | {_stable_base64(raw, before) for before in range(3)})


def _stable_base64(raw: bytes, before: int) -> bytes:
    """The part of the code that is the same whatever stands before and behind."""
    encoded = base64.b64encode(b"\0" * before + raw)
    first = -(-before * 4 // 3)
    last = (before + len(raw)) * 8 // 6
    return encoded[first:last]


class SecretSearch:
    """Looks for secrets.

    Arguments:
        secrets: The secrets, by what they are called in the findings; they themselves are never shown.
    """

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._forms = {name: forms_of(secret) for name, secret in secrets.items()}

    def within(self, content: bytes | str) -> list[str]:
        """The names of the secrets that are in it."""
        raw = content.encode(errors="surrogateescape") if isinstance(content, str) else content
        return [name for name, forms in self._forms.items() if any(form in raw for form in forms)]

    def in_files(self, *roots: Path, except_for: Iterable[Path] = ()) -> Iterator[str]:
        """Every file below these directories in which a secret is, with the name of the secret."""
        left_out = set(except_for)
        for root in roots:
            for path in sorted(root.rglob("*")):
                if path.is_file() and not path.is_symlink() and path not in left_out:
                    yield from (f"{name} in {path}" for name in self.within(path.read_bytes()))

    async def in_rows(self, database: Database, tables: MetaData = every_table) -> list[str]:
        """Every column of a database in which a secret is, with the name of the secret."""
        found: dict[str, None] = {}
        async with database.reading() as connection:
            for table in tables.sorted_tables:
                for row in (await connection.execute(select(table))).mappings():
                    for column, value in row.items():
                        for name in self.within(value if isinstance(value, bytes) else str(value)):
                            found[f"{name} in column {column} of table {table.name}"] = None
        return list(found)
