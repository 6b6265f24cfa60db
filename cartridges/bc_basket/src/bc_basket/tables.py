"""Baskets."""

from sqlalchemy import Column, Index, Integer, MetaData, String, Table, Text, text

from iomconnector.storage.tables.metadata import Utc

metadata = MetaData()

LONGEST = 255
LONGEST_ID = 64

baskets = Table(
    "baskets",
    metadata,
    Column("id", String(LONGEST_ID), primary_key=True),
    Column("channel", String(LONGEST), nullable=False),
    Column("login", String(LONGEST), nullable=False),
    Column("state", String(20), nullable=False),
    Column("lines", Text, nullable=False),
    Column("draft", Text),
    Column("order_number", String(LONGEST)),
    Column("changed_at", Utc, nullable=False),
    Column("version", Integer, nullable=False),
    Index("ix_baskets_changed", "state", "changed_at"),
)
"""A basket is read and written whole: ``lines`` and ``draft`` are JSON."""

IS_CURRENT = text("state <> 'ordered'")
"""Not ordered yet, as the index says it. With a parameter in its place PostgreSQL may not find the index."""

ONE_OF_A_USER = Index(
    "uq_baskets_current",
    baskets.c.channel,
    baskets.c.login,
    unique=True,
    sqlite_where=IS_CURRENT,
    postgresql_where=IS_CURRENT,
)
"""Everybody has one basket that is not ordered yet."""
