"""The protocol of database preparation."""

import sqlalchemy as sa
from alembic import op

from iomconnector.storage.tables import Utc

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "preparation_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cartridge", sa.String(length=255), nullable=False),
        sa.Column("version", sa.String(length=100), nullable=False),
        sa.Column("phase", sa.String(length=10), nullable=False),
        sa.Column("step", sa.String(length=255), nullable=False),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("started_at", Utc(), nullable=False),
        sa.Column("finished_at", Utc(), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preparation_steps")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "prepared_cartridges",
        sa.Column("cartridge", sa.String(length=255), nullable=False),
        sa.Column("version", sa.String(length=100), nullable=False),
        sa.Column("registered_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("cartridge", name=op.f("pk_prepared_cartridges")),
    )


def downgrade() -> None:
    """Remove the tables."""
    op.drop_table("prepared_cartridges")
    op.drop_table("preparation_steps")
