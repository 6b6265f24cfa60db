"""Exports by channel, with attempts, corrections and pauses; endpoints; what retention and erasure need."""

import json

import sqlalchemy as sa
from alembic import op

from iomconnector.storage.tables.metadata import Key, OutsideText, Utc

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

DUE_ONLY = sa.text("state = 'due'")
SENDING_ONLY = sa.text("state = 'sending'")
NOT_QUEUED = sa.text("state NOT IN ('due', 'sending')")
WITH_REASON = sa.text("reason_code IS NOT NULL")

CHANNEL_OF_THE_ORDER = """
UPDATE export_requests SET channel = (SELECT channel FROM orders WHERE orders.id = export_requests.order_id)
"""
BATCH = 1000


def upgrade() -> None:
    """Make and extend the tables."""
    _extend_orders()
    _extend_exports()
    _make_attempts_pauses_and_corrections()
    _make_endpoints()
    op.add_column("messages", sa.Column("attempt", sa.Integer(), nullable=True))
    op.add_column("messages", sa.Column("trace_id", sa.String(length=32), nullable=True))
    op.add_column("messages", sa.Column("erased_at", Utc(), nullable=True))
    op.create_index("ix_messages_at", "messages", ["at"], unique=False)


def _extend_orders() -> None:
    op.add_column("orders", sa.Column("customer", sa.String(length=255), nullable=True))
    op.add_column("orders", sa.Column("erased_at", Utc(), nullable=True))
    _tell_customers_of_orders()
    op.create_index("ix_orders_channel", "orders", ["channel", "id"], unique=False)
    op.create_index("ix_orders_customer", "orders", ["customer", "id"], unique=False)
    op.create_index("ix_orders_placed_at", "orders", ["placed_at"], unique=False)
    op.drop_index("ix_orders_number", table_name="orders")
    op.create_index(
        "ix_orders_number", "orders", ["number"], postgresql_ops={"number": "varchar_pattern_ops"}
    )


def _tell_customers_of_orders() -> None:
    orders = sa.table("orders", sa.column("id"), sa.column("content", sa.Text), sa.column("customer"))
    fill = (
        sa.update(orders)
        .where(orders.c.id == sa.bindparam("key"))
        .values(customer=sa.bindparam("number", type_=sa.String()))
    )
    connection, last = op.get_bind(), 0
    read = sa.select(orders.c.id, orders.c.content).order_by(orders.c.id).limit(BATCH)
    while rows := connection.execute(read.where(orders.c.id > last)).all():
        known = [{"key": row.id, "number": number} for row in rows if (number := _customer(row.content))]
        if known:
            connection.execute(fill, known)
        last = rows[-1].id


def _customer(content: str) -> str | None:
    """The number of the customer; none where the content is damaged, which is told elsewhere."""
    try:
        number = json.loads(content)["customer"]["number"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return number[:255] if isinstance(number, str) else None


def _extend_exports() -> None:
    op.add_column(
        "export_requests",
        sa.Column("channel", sa.String(length=255), nullable=False, server_default=sa.text("''")),
    )
    op.add_column(
        "export_requests",
        sa.Column("abandoned", sa.Integer(), nullable=False, server_default=sa.text("0")),
    )
    op.add_column(
        "export_requests", sa.Column("revision", sa.Integer(), nullable=False, server_default=sa.text("0"))
    )
    op.add_column("export_requests", sa.Column("trace_parent", sa.String(length=55), nullable=True))
    op.add_column("export_requests", sa.Column("held_by", sa.String(length=255), nullable=True))
    op.execute(CHANNEL_OF_THE_ORDER)
    op.drop_index("ix_export_requests_state_due_at", table_name="export_requests")
    op.drop_index("ix_export_requests_state_lease_until", table_name="export_requests")
    for name, columns, rows in (
        ("ix_export_requests_due", ["channel", "due_at", "order_id"], DUE_ONLY),
        ("ix_export_requests_sending", ["channel", "lease_until", "order_id"], SENDING_ONLY),
        ("ix_export_requests_other", ["state", "channel", "order_id"], NOT_QUEUED),
        ("ix_export_requests_reason", ["reason_code", "channel", "state", "order_id"], WITH_REASON),
    ):
        op.create_index(name, "export_requests", columns, postgresql_where=rows, sqlite_where=rows)


def _make_attempts_pauses_and_corrections() -> None:
    op.create_table(
        "export_attempts",
        sa.Column("order_id", Key, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("worker", sa.String(length=255), nullable=False),
        sa.Column("claimed_at", Utc(), nullable=False),
        sa.Column("ended_at", Utc(), nullable=False),
        sa.Column("outcome", sa.String(length=30), nullable=False),
        sa.Column("code", sa.String(length=100), nullable=True),
        sa.Column("reason", OutsideText(), nullable=True),
        sa.Column("trace_id", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_export_attempts_order_id")),
        sa.PrimaryKeyConstraint("order_id", "attempt", name=op.f("pk_export_attempts")),
    )
    op.create_table(
        "export_pauses",
        sa.Column("channel", sa.String(length=255), nullable=False),
        sa.Column("paused_by", sa.Text(), nullable=False),
        sa.Column("paused_at", Utc(), nullable=False),
        sa.Column("reason", OutsideText(), nullable=False),
        sa.ForeignKeyConstraint(["channel"], ["contexts.id"], name=op.f("fk_export_pauses_channel")),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_export_pauses")),
    )
    op.create_table(
        "order_corrections",
        sa.Column("order_id", Key, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("corrected_by", sa.Text(), nullable=False),
        sa.Column("corrected_at", Utc(), nullable=False),
        sa.Column("reason", OutsideText(), nullable=False),
        sa.Column("digest_before", sa.String(length=64), nullable=False),
        sa.Column("content_before", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_corrections_order_id")),
        sa.PrimaryKeyConstraint("order_id", "revision", name=op.f("pk_order_corrections")),
    )


def _make_endpoints() -> None:
    op.create_table(
        "endpoints",
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("circuit", sa.String(length=20), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("openings", sa.Integer(), nullable=False),
        sa.Column("open_until", Utc(), nullable=True),
        sa.Column("wait_until", Utc(), nullable=True),
        sa.Column("permit_limit", sa.Integer(), nullable=False),
        sa.Column("successes", sa.Integer(), nullable=False),
        sa.Column("lowered_at", Utc(), nullable=True),
        sa.Column("prober", sa.String(length=255), nullable=True),
        sa.Column("probe_until", Utc(), nullable=True),
        sa.Column("last_code", sa.String(length=100), nullable=True),
        sa.Column("last_reason", OutsideText(), nullable=True),
        sa.Column("last_failure_at", Utc(), nullable=True),
        sa.Column("updated_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_endpoints")),
    )
    op.create_table(
        "endpoint_shares",
        sa.Column("endpoint", sa.String(length=500), nullable=False),
        sa.Column("worker", sa.String(length=255), nullable=False),
        sa.Column("permits", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.Column("lease_until", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("endpoint", "worker", name=op.f("pk_endpoint_shares")),
    )


def downgrade() -> None:
    """Take everything back; states that did not exist before become parked."""
    for table in ("endpoint_shares", "endpoints", "order_corrections", "export_pauses", "export_attempts"):
        op.drop_table(table)
    op.drop_index("ix_messages_at", table_name="messages")
    for column in ("attempt", "trace_id", "erased_at"):
        op.drop_column("messages", column)
    op.execute("UPDATE export_requests SET state = 'parked' WHERE state = 'given up'")
    for name in ("due", "sending", "other", "reason"):
        op.drop_index(f"ix_export_requests_{name}", table_name="export_requests")
    for column in ("channel", "abandoned", "revision", "trace_parent", "held_by"):
        op.drop_column("export_requests", column)
    op.create_index(
        "ix_export_requests_state_due_at", "export_requests", ["state", "due_at", "order_id"], unique=False
    )
    op.create_index(
        "ix_export_requests_state_lease_until", "export_requests", ["state", "lease_until"], unique=False
    )
    op.drop_index("ix_orders_number", table_name="orders")
    op.create_index("ix_orders_number", "orders", ["number"], unique=False)
    for name in ("channel", "customer", "placed_at"):
        op.drop_index(f"ix_orders_{name}", table_name="orders")
    for column in ("customer", "erased_at"):
        op.drop_column("orders", column)
