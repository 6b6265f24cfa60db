"""Stock, and reservations of it."""

import sqlalchemy as sa
from alembic import op

from iomconnector.storage.tables.metadata import Utc

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

LONGEST = 255


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "stock_levels",
        sa.Column("channel", sa.String(length=LONGEST), nullable=False),
        sa.Column("sku", sa.String(length=LONGEST), nullable=False),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.Column("safety_stock", sa.Integer(), nullable=False),
        sa.Column("restock_on", sa.Date(), nullable=True),
        sa.Column("updated_at", Utc(), nullable=False),
        sa.CheckConstraint("on_hand >= 0", name="ck_stock_levels_on_hand"),
        sa.CheckConstraint("safety_stock >= 0", name="ck_stock_levels_safety_stock"),
        sa.ForeignKeyConstraint(["channel"], ["contexts.id"], name="fk_stock_levels_channel"),
        sa.PrimaryKeyConstraint("channel", "sku", name="pk_stock_levels"),
    )
    op.create_table(
        "stock_reservations",
        sa.Column("id", sa.String(length=LONGEST), nullable=False),
        sa.Column("channel", sa.String(length=LONGEST), nullable=False),
        sa.Column("key", sa.String(length=LONGEST), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("valid_until", Utc(), nullable=False),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["channel"], ["contexts.id"], name="fk_stock_reservations_channel"),
        sa.PrimaryKeyConstraint("id", name="pk_stock_reservations"),
    )
    op.create_index("ix_stock_reservations_ends", "stock_reservations", ["state", "valid_until"])
    op.create_index(
        "uq_stock_reservations_held_key",
        "stock_reservations",
        ["channel", "key"],
        unique=True,
        sqlite_where=sa.text("state = 'held'"),
        postgresql_where=sa.text("state = 'held'"),
    )
    op.create_table(
        "stock_reservation_items",
        sa.Column("reservation", sa.String(length=LONGEST), nullable=False),
        sa.Column("sku", sa.String(length=LONGEST), nullable=False),
        sa.Column("channel", sa.String(length=LONGEST), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "reserved >= 0 AND reserved <= wanted", name="ck_stock_reservation_items_reserved"
        ),
        sa.ForeignKeyConstraint(
            ["reservation"], ["stock_reservations.id"], name="fk_stock_reservation_items_reservation"
        ),
        sa.PrimaryKeyConstraint("reservation", "sku", name="pk_stock_reservation_items"),
    )
    op.create_index("ix_stock_reservation_items_sku", "stock_reservation_items", ["channel", "sku"])
