"""Inserting where a row may be there already, in the words of the database at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table
    from sqlalchemy.dialects import postgresql, sqlite
    from sqlalchemy.ext.asyncio import AsyncConnection

    Insert: TypeAlias = sqlite.Insert | postgresql.Insert


def insert(connection: AsyncConnection | Connection, table: Table) -> Insert:
    """An INSERT that knows ``on_conflict_do_update``, ``on_conflict_do_nothing`` and ``excluded``.

    Name the columns of the conflict (``index_elements``), never a constraint: SQLite knows no constraints by
    name.
    """
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table)
