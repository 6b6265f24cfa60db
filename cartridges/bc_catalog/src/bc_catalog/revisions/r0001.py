"""Products."""

import sqlalchemy as sa
from alembic import op

from iomconnector.storage.tables.metadata import Utc

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

LONGEST = 255
BY_BYTES = sa.String(length=LONGEST).with_variant(sa.String(length=LONGEST, collation="C"), "postgresql")
"""Sorted alike on every database."""


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "catalog_products",
        sa.Column("channel", sa.String(length=LONGEST), nullable=False),
        sa.Column("sku", BY_BYTES, nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("descriptions", sa.Text(), nullable=False),
        sa.Column("net", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("tax_class", sa.String(length=LONGEST), nullable=False),
        sa.Column("tax_rate", sa.String(length=40), nullable=False),
        sa.Column("unit", sa.String(length=LONGEST), nullable=True),
        sa.Column("found_by", sa.Text(), nullable=False),
        sa.Column("updated_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["channel"], ["contexts.id"], name="fk_catalog_products_channel"),
        sa.PrimaryKeyConstraint("channel", "sku", name="pk_catalog_products"),
    )
