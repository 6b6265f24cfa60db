"""The users of customers, their sessions and their tokens."""

import sqlalchemy as sa
from alembic import op

from iomconnector.storage.tables.metadata import Utc

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "customer_users",
        sa.Column("channel", sa.String(length=255), nullable=False),
        sa.Column("login", sa.String(length=100), nullable=False),
        sa.Column("customer", sa.String(length=255), nullable=False),
        sa.Column("business", sa.Boolean(), nullable=False),
        sa.Column("company", sa.Text(), nullable=False),
        sa.Column("first_name", sa.Text(), nullable=False),
        sa.Column("last_name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("sees_all_orders", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["channel"], ["contexts.id"], name=op.f("fk_customer_users_channel")),
        sa.PrimaryKeyConstraint("channel", "login", name=op.f("pk_customer_users")),
    )
    op.create_index("ix_customer_users_customer", "customer_users", ["customer", "channel"], unique=False)
    op.create_table(
        "customer_sessions",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=400), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("signed_in_at", Utc(), nullable=False),
        sa.Column("seen_at", Utc(), nullable=False),
        sa.Column("expires_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_customer_sessions")),
    )
    op.create_index("ix_customer_sessions_account", "customer_sessions", ["account"], unique=False)
    op.create_table(
        "customer_tokens",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("family", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=400), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("issued_at", Utc(), nullable=False),
        sa.Column("expires_at", Utc(), nullable=False),
        sa.Column("spent_at", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_customer_tokens")),
    )
    op.create_index("ix_customer_tokens_family", "customer_tokens", ["family"], unique=False)
    op.create_index("ix_customer_tokens_account", "customer_tokens", ["account"], unique=False)
    op.create_index("ix_customer_tokens_expires_at", "customer_tokens", ["expires_at"], unique=False)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("customer_tokens")
    op.drop_table("customer_sessions")
    op.drop_table("customer_users")
