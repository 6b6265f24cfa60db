"""Orders, their exports, contexts, services, messages and access tokens."""

import sqlalchemy as sa
from alembic import op

from iomconnector.storage.tables.metadata import Key, Utc

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "access_tokens",
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("channels", sa.JSON(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_access_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_access_tokens_digest")),
    )
    op.create_table(
        "contexts",
        sa.Column("id", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("parent", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(["parent"], ["contexts.id"], name=op.f("fk_contexts_parent")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contexts")),
    )
    op.create_table(
        "messages",
        sa.Column("id", Key, nullable=False),
        sa.Column("message_id", sa.String(length=40), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("channel", sa.String(length=255), nullable=False),
        sa.Column("order_number", sa.String(length=255), nullable=True),
        sa.Column("service", sa.String(length=255), nullable=False),
        sa.Column("method", sa.String(length=40), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("request_headers", sa.JSON(), nullable=False),
        sa.Column("request_body", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("response_headers", sa.JSON(), nullable=False),
        sa.Column("response_body", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("duration_ms", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("message_id", name=op.f("uq_messages_message_id")),
    )
    op.create_index("ix_messages_channel_order_number", "messages", ["channel", "order_number"], unique=False)

    op.create_table(
        "orders",
        sa.Column("id", Key, nullable=False),
        sa.Column("channel", sa.String(length=255), nullable=False),
        sa.Column("number", sa.String(length=255), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("placed_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["channel"], ["contexts.id"], name=op.f("fk_orders_channel")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("channel", "number", name=op.f("uq_orders_channel_number")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_orders_number", "orders", ["number"], unique=False)

    op.create_table(
        "service_configurations",
        sa.Column("id", sa.String(length=255), nullable=False),
        sa.Column("definition", sa.String(length=255), nullable=False),
        sa.Column("context", sa.String(length=255), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("sharing", sa.String(length=20), nullable=False),
        sa.Column("updated_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["context"], ["contexts.id"], name=op.f("fk_service_configurations_context")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_configurations")),
    )
    op.create_table(
        "approval_decisions",
        sa.Column("order_id", Key, nullable=False),
        sa.Column("step", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", Utc(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_approval_decisions_order_id")),
        sa.PrimaryKeyConstraint("order_id", "step", name=op.f("pk_approval_decisions")),
    )
    op.create_table(
        "export_requests",
        sa.Column("order_id", Key, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=30), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("unclear", sa.Boolean(), nullable=False),
        sa.Column("due_at", Utc(), nullable=False),
        sa.Column("lease_until", Utc(), nullable=True),
        sa.Column("lease_token", sa.String(length=40), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("reason_code", sa.String(length=100), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("requested_at", Utc(), nullable=False),
        sa.Column("updated_at", Utc(), nullable=False),
        sa.Column("exported_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_export_requests_order_id")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_export_requests")),
    )
    op.create_index(
        "ix_export_requests_state_due_at", "export_requests", ["state", "due_at", "order_id"], unique=False
    )
    op.create_index(
        "ix_export_requests_state_lease_until", "export_requests", ["state", "lease_until"], unique=False
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_index("ix_export_requests_state_lease_until", table_name="export_requests")
    op.drop_index("ix_export_requests_state_due_at", table_name="export_requests")

    op.drop_table("export_requests")
    op.drop_table("approval_decisions")
    op.drop_table("service_configurations")
    op.drop_index("ix_orders_number", table_name="orders")

    op.drop_table("orders")
    op.drop_index("ix_messages_channel_order_number", table_name="messages")

    op.drop_table("messages")
    op.drop_table("contexts")
    op.drop_table("access_tokens")
