"""Order number sequences, and which order holds a number in its organization."""

import sqlalchemy as sa
from alembic import op

from iomconnector.storage.tables.metadata import Utc

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

FIRST_HOLDS_ITS_NUMBER = """
UPDATE orders SET organization = (SELECT parent FROM contexts WHERE contexts.id = orders.channel)
WHERE id IN (
    SELECT min(orders.id) FROM orders JOIN contexts ON contexts.id = orders.channel
    GROUP BY contexts.parent, orders.number
)
"""


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "order_number_sequences",
        sa.Column("organization", sa.String(length=255), nullable=False),
        sa.Column("block_size", sa.Integer(), nullable=False),
        sa.Column("prefix", sa.String(length=40), nullable=False),
        sa.Column("pattern", sa.String(length=200), nullable=False),
        sa.Column("digits_only", sa.Boolean(), nullable=False),
        sa.Column("max_length", sa.Integer(), nullable=False),
        sa.Column("next_counter", sa.String(length=255), nullable=False),
        sa.Column("largest_value", sa.String(length=255), nullable=False),
        sa.Column("floor", sa.String(length=255), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("updated_at", Utc(), nullable=True),
        sa.Column("updated_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization"], ["contexts.id"], name=op.f("fk_order_number_sequences_organization")
        ),
        sa.PrimaryKeyConstraint("organization", name=op.f("pk_order_number_sequences")),
    )
    op.create_table(
        "order_number_assignments",
        sa.Column("channel", sa.String(length=255), nullable=False),
        sa.Column("idempotency_key", sa.String(length=255), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(
            ["channel"], ["contexts.id"], name=op.f("fk_order_number_assignments_channel")
        ),
        sa.PrimaryKeyConstraint("channel", "idempotency_key", name=op.f("pk_order_number_assignments")),
    )

    op.add_column("orders", sa.Column("organization", sa.String(length=255), nullable=True))
    op.add_column(
        "orders", sa.Column("from_sequence", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.execute(FIRST_HOLDS_ITS_NUMBER)
    op.create_index("ix_orders_organization_number", "orders", ["organization", "number"], unique=True)


def downgrade() -> None:
    """Remove the tables."""
    op.drop_index("ix_orders_organization_number", table_name="orders")
    op.drop_column("orders", "from_sequence")
    op.drop_column("orders", "organization")
    op.drop_table("order_number_assignments")
    op.drop_table("order_number_sequences")
