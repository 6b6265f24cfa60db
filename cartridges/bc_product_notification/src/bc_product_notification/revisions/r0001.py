"""Subscriptions, and the tokens of their mails."""

import sqlalchemy as sa
from alembic import op

from iomconnector.storage.tables.metadata import Key, Utc

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

LONGEST = 255


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "product_subscriptions",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("channel", sa.String(length=LONGEST), nullable=False),
        sa.Column("sku", sa.String(length=LONGEST), nullable=False),
        sa.Column("address", sa.String(length=LONGEST), nullable=False),
        sa.Column("address_key", sa.String(length=LONGEST), nullable=False),
        sa.Column("login", sa.String(length=LONGEST), nullable=True),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("client", sa.String(length=LONGEST), nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("changed_at", Utc(), nullable=False),
        sa.Column("mail_at", Utc(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("confirmations", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(length=LONGEST), nullable=True),
        sa.ForeignKeyConstraint(["channel"], ["contexts.id"], name="fk_product_subscriptions_channel"),
        sa.PrimaryKeyConstraint("id", name="pk_product_subscriptions"),
    )
    op.create_index("ix_product_subscriptions_due", "product_subscriptions", ["state", "mail_at"])
    op.create_index("ix_product_subscriptions_sku", "product_subscriptions", ["channel", "state", "sku"])
    op.create_index("ix_product_subscriptions_address", "product_subscriptions", ["address_key"])
    op.create_index("ix_product_subscriptions_client", "product_subscriptions", ["client", "created_at"])
    is_open = sa.text("state IN ('unconfirmed', 'waiting', 'sending')")
    op.create_index(
        "uq_product_subscriptions_open",
        "product_subscriptions",
        ["channel", "sku", "address_key"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    op.create_table(
        "product_subscription_tokens",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("subscription", Key, nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription"],
            ["product_subscriptions.id"],
            name="fk_product_subscription_tokens_subscription",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name="pk_product_subscription_tokens"),
    )
    op.create_index(
        "ix_product_subscription_tokens_subscription", "product_subscription_tokens", ["subscription"]
    )
