"""The reservations that the shop makes at inventory services."""

import sqlalchemy as sa
from alembic import op

from iomconnector.storage.tables.metadata import Utc

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BASKET_HAS = sa.text("state IN ('asking', 'held')")
MAY_HOLD = sa.text("state IN ('asking', 'held', 'releasing')")
MAY_CHANGE_STAGE = sa.text("stage IN ('waiting', 'leaving', 'stays')")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "stock_holds",
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=255), nullable=False),
        sa.Column("basket", sa.String(length=255), nullable=True),
        sa.Column("service", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.Column("pieces", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reservation", sa.String(length=255), nullable=True),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("stage", sa.String(length=20), nullable=True),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("ends_at", Utc(), nullable=False),
        sa.Column("look_at", Utc(), nullable=True),
        sa.Column("not_before", Utc(), nullable=True),
        sa.Column("ended", sa.String(length=20), nullable=True),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["channel"], ["contexts.id"], name=op.f("fk_stock_holds_channel")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_stock_holds_order_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_stock_holds")),
    )
    op.create_index("ix_stock_holds_reservation", "stock_holds", ["reservation", "channel"], unique=False)
    op.create_index("ix_stock_holds_order", "stock_holds", ["order_id"], unique=False)
    op.create_index("ix_stock_holds_look_at", "stock_holds", ["look_at"], unique=False)
    op.create_index("ix_stock_holds_made_at", "stock_holds", ["made_at"], unique=False)
    op.create_index(
        "uq_stock_holds_basket",
        "stock_holds",
        ["channel", "basket"],
        unique=True,
        sqlite_where=BASKET_HAS,
        postgresql_where=BASKET_HAS,
    )
    op.create_index(
        "ix_stock_holds_stage",
        "stock_holds",
        ["stage", "order_id"],
        unique=False,
        sqlite_where=MAY_CHANGE_STAGE,
        postgresql_where=MAY_CHANGE_STAGE,
    )
    op.create_index(
        "ix_stock_holds_may_hold",
        "stock_holds",
        ["made_at"],
        unique=False,
        sqlite_where=MAY_HOLD,
        postgresql_where=MAY_HOLD,
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("stock_holds")
