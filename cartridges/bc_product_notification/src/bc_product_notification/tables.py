"""Who wants to be told when which product can be bought again."""

from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, String, Table, text

from iomconnector.storage.tables.metadata import Key, Utc

metadata = MetaData()

LONGEST = 255

subscriptions = Table(
    "product_subscriptions",
    metadata,
    Column("id", Key, primary_key=True, autoincrement=True),
    Column("channel", String(LONGEST), nullable=False),
    Column("sku", String(LONGEST), nullable=False),
    Column("address", String(LONGEST), nullable=False),
    Column("address_key", String(LONGEST), nullable=False),
    Column("login", String(LONGEST)),
    Column("language", String(10), nullable=False),
    Column("client", String(LONGEST)),
    Column("state", String(20), nullable=False),
    Column("created_at", Utc, nullable=False),
    Column("changed_at", Utc, nullable=False),
    Column("mail_at", Utc),
    Column("attempts", Integer, nullable=False),
    Column("confirmations", Integer, nullable=False),
    Column("message_id", String(LONGEST)),
    Index("ix_product_subscriptions_due", "state", "mail_at"),
    Index("ix_product_subscriptions_sku", "channel", "state", "sku"),
    Index("ix_product_subscriptions_address", "address_key"),
    Index("ix_product_subscriptions_client", "client", "created_at"),
)
"""``address_key``: the address as it is compared. ``mail_at``: when the next mail may be sent; while one is
being sent, when somebody else may try. ``confirmations``: how many mails asked to confirm it."""

IS_OPEN = text("state IN ('unconfirmed', 'waiting', 'sending')")

ONE_OPEN = Index(
    "uq_product_subscriptions_open",
    subscriptions.c.channel,
    subscriptions.c.sku,
    subscriptions.c.address_key,
    unique=True,
    sqlite_where=IS_OPEN,
    postgresql_where=IS_OPEN,
)
"""Subscribing twice is one subscription."""

tokens = Table(
    "product_subscription_tokens",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("subscription", Key, ForeignKey("product_subscriptions.id", ondelete="CASCADE"), nullable=False),
    Index("ix_product_subscription_tokens_subscription", "subscription"),
)
"""Each mail has a token of its own, of which the database knows the SHA-256 alone."""
