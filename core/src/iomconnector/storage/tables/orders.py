"""Orders, their approvals and their exports."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from iomconnector.storage.tables.metadata import Utc, metadata

orders = Table(
    "orders",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("channel", String(255), ForeignKey("contexts.id"), nullable=False),
    Column("number", String(255), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("content", Text, nullable=False),
    Column("placed_at", Utc, nullable=False),
    UniqueConstraint("channel", "number"),
    Index("ix_orders_number", "number"),
    sqlite_autoincrement=True,
)

approval_decisions = Table(
    "approval_decisions",
    metadata,
    Column("order_id", Integer, ForeignKey("orders.id"), primary_key=True),
    Column("step", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(20), nullable=False),
    Column("decision", String(20), nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", Utc, nullable=False),
    Column("comment", Text, nullable=False),
)

export_requests = Table(
    "export_requests",
    metadata,
    Column("order_id", Integer, ForeignKey("orders.id"), primary_key=True, autoincrement=False),
    Column("state", String(30), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("unclear", Boolean, nullable=False),
    Column("due_at", Utc, nullable=False),
    Column("lease_until", Utc),
    Column("lease_token", String(40)),
    Column("reference", Text),
    Column("reason_code", String(100)),
    Column("reason", Text),
    Column("requested_at", Utc, nullable=False),
    Column("updated_at", Utc, nullable=False),
    Column("exported_at", Utc),
    Index("ix_export_requests_state_due_at", "state", "due_at", "order_id"),
    Index("ix_export_requests_state_lease_until", "state", "lease_until"),
)
