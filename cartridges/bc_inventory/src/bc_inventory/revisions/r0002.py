"""The orders whose pieces were taken off the shelf."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.add_column("stock_reservations", sa.Column("order_number", sa.String(length=255), nullable=True))
