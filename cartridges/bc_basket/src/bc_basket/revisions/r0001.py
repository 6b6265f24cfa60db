"""Baskets."""

import sqlalchemy as sa
from alembic import op

from iomconnector.storage.tables.metadata import Utc

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

LONGEST = 255


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "baskets",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=LONGEST), nullable=False),
        sa.Column("login", sa.String(length=LONGEST), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.Column("draft", sa.Text(), nullable=True),
        sa.Column("order_number", sa.String(length=LONGEST), nullable=True),
        sa.Column("changed_at", Utc(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["channel"], ["contexts.id"], name="fk_baskets_channel"),
        sa.PrimaryKeyConstraint("id", name="pk_baskets"),
    )
    op.create_index("ix_baskets_changed", "baskets", ["state", "changed_at"])
    op.create_index(
        "uq_baskets_current",
        "baskets",
        ["channel", "login"],
        unique=True,
        sqlite_where=sa.text("state <> 'ordered'"),
        postgresql_where=sa.text("state <> 'ordered'"),
    )
