"""Managed services: enablement, sharing rules, overrides, audit trail."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

from iomconnector.storage.tables.metadata import Key, Utc

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_contexts = sa.table("contexts", sa.column("id", sa.String), sa.column("parent", sa.String))
_configurations = sa.table(
    "service_configurations",
    sa.column("definition", sa.String),
    sa.column("context", sa.String),
    sa.column("sharing", sa.String),
)


def upgrade() -> None:
    """Make the tables; services that are configured keep working."""
    with op.batch_alter_table("service_configurations") as table:
        table.add_column(sa.Column("available", sa.Boolean(), nullable=False, server_default=sa.true()))
        table.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        table.add_column(sa.Column("updated_by", sa.String(length=255), nullable=False, server_default=""))
    with op.batch_alter_table("service_configurations") as table:
        for column in ("available", "version", "updated_by"):
            table.alter_column(column, server_default=None)
    op.execute(
        _configurations.update().where(_configurations.c.sharing == "shared").values(sharing="shared-active")
    )
    enablements = op.create_table(
        "service_enablements",
        sa.Column("definition", sa.String(length=255), nullable=False),
        sa.Column("organization", sa.String(length=255), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization"], ["contexts.id"], name=op.f("fk_service_enablements_organization")
        ),
        sa.PrimaryKeyConstraint("definition", "organization", name=op.f("pk_service_enablements")),
    )
    op.create_table(
        "service_overrides",
        sa.Column("configuration", sa.String(length=255), nullable=False),
        sa.Column("context", sa.String(length=255), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["configuration"],
            ["service_configurations.id"],
            name=op.f("fk_service_overrides_configuration"),
        ),
        sa.ForeignKeyConstraint(["context"], ["contexts.id"], name=op.f("fk_service_overrides_context")),
        sa.PrimaryKeyConstraint("configuration", "context", name=op.f("pk_service_overrides")),
    )
    revisions = op.create_table(
        "service_revision",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_revision")),
    )
    op.create_table(
        "audit_entries",
        sa.Column("number", Key, nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("by", sa.String(length=255), nullable=False),
        sa.Column("topic", sa.String(length=100), nullable=False),
        sa.Column("action", sa.String(length=100), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("context", sa.String(length=255), nullable=True),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_entries")),
    )
    op.create_index(
        "ix_audit_entries_topic_subject", "audit_entries", ["topic", "subject", "number"], unique=False
    )
    op.bulk_insert(revisions, [{"id": 1, "revision": uuid4().hex}])
    op.bulk_insert(enablements, _in_use())


def _in_use() -> list[dict[str, object]]:
    """The service types that have configurations, for the organization above their contexts."""
    connection = op.get_bind()
    parents = {row.id: row.parent for row in connection.execute(sa.select(_contexts))}
    used = set()
    for row in connection.execute(sa.select(_configurations.c.definition, _configurations.c.context)):
        organization = row.context
        while parents[organization] is not None:
            organization = parents[organization]
        used.add((row.definition, organization))
    return [
        {"definition": definition, "organization": organization, "enabled": True}
        for definition, organization in sorted(used)
    ]


def downgrade() -> None:
    """Remove the tables; rules that the older version does not know become those that it knows."""
    op.drop_index("ix_audit_entries_topic_subject", table_name="audit_entries")
    op.drop_table("audit_entries")
    op.drop_table("service_revision")
    op.drop_table("service_overrides")
    op.drop_table("service_enablements")
    op.execute(
        _configurations.update()
        .where(_configurations.c.sharing.in_(["shared-active", "shared-mandatory"]))
        .values(sharing="shared")
    )
    op.execute(
        _configurations.update()
        .where(_configurations.c.sharing == "shared-inactive")
        .values(sharing="unshared")
    )
    with op.batch_alter_table("service_configurations") as table:
        table.drop_column("updated_by")
        table.drop_column("version")
        table.drop_column("available")
