"""Users of customers, their sessions and their tokens. None of them has anything to do with the accounts of
the people who operate the system. ``account`` names a user as
:func:`~iomconnector.model.customer_users.owner_key` does."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text

from iomconnector.storage.tables.metadata import Utc, metadata

customer_users = Table(
    "customer_users",
    metadata,
    Column("channel", String(255), ForeignKey("contexts.id"), primary_key=True),
    Column("login", String(100), primary_key=True),
    Column("customer", String(255), nullable=False),
    Column("business", Boolean, nullable=False),
    Column("company", Text, nullable=False),
    Column("first_name", Text, nullable=False),
    Column("last_name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("sees_all_orders", Boolean, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("language", String(10), nullable=False),
    Column("password_hash", Text),
    Column("generation", Integer, nullable=False),
    Index("ix_customer_users_customer", "customer", "channel"),
)

customer_sessions = Table(
    "customer_sessions",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("account", String(400), nullable=False),
    Column("generation", Integer, nullable=False),
    Column("signed_in_at", Utc, nullable=False),
    Column("seen_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    Index("ix_customer_sessions_account", "account"),
)

customer_tokens = Table(
    "customer_tokens",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("family", String(64), nullable=False),
    Column("account", String(400), nullable=False),
    Column("generation", Integer, nullable=False),
    Column("issued_at", Utc, nullable=False),
    Column("expires_at", Utc, nullable=False),
    Column("spent_at", Utc),
    Index("ix_customer_tokens_family", "family"),
    Index("ix_customer_tokens_account", "account"),
    Index("ix_customer_tokens_expires_at", "expires_at"),
)
