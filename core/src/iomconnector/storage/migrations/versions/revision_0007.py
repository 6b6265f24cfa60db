"""The tables of the job engine, on PostgreSQL; beside SQLite jobs live in the memory of the process."""

from alembic import op

from iomconnector.storage.job_tables import converge_job_tables, remove_job_tables

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        converge_job_tables(connection)


def downgrade() -> None:
    """Remove the tables."""
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        remove_job_tables(connection)
