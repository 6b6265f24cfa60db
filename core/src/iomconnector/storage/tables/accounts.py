"""Accounts of people, their sessions and failed sign-ins."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text

from iomconnector.storage.tables.metadata import Utc, metadata

accounts = Table(
    "accounts",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("display_name", Text, nullable=False),
    Column("role", String(20), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("generation", Integer, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("account", String(100), nullable=False),
    Column("generation", Integer, nullable=False),
    Column("signed_in_at", Utc, nullable=False),
    Column("seen_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    Index("ix_sessions_account", "account"),
)

failed_sign_ins = Table(
    "failed_sign_ins",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", Utc),
    Column("locks", Integer, nullable=False),
    Column("locked_until", Utc),
)
