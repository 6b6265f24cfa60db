"""Orders, their approvals and their exports.

``orders.organization`` names the organization in which an order holds its number. It is empty where an order
of another channel holds that number, which is possible only where neither got it ``from_sequence``.
"""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from iomconnector.storage.tables.metadata import Key, OutsideText, Utc, metadata

orders = Table(
    "orders",
    metadata,
    Column("id", Key, primary_key=True),
    Column("channel", String(255), ForeignKey("contexts.id"), nullable=False),
    Column("number", String(255), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("content", Text, nullable=False),
    Column("placed_at", Utc, nullable=False),
    Column("organization", String(255)),
    Column("from_sequence", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("channel", "number"),
    Index("ix_orders_number", "number"),
    Index("ix_orders_organization_number", "organization", "number", unique=True),
    sqlite_autoincrement=True,
)

approval_decisions = Table(
    "approval_decisions",
    metadata,
    Column("order_id", Key, ForeignKey("orders.id"), primary_key=True),
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
    Column("order_id", Key, ForeignKey("orders.id"), primary_key=True, autoincrement=False),
    Column("state", String(30), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("unclear", Boolean, nullable=False),
    Column("due_at", Utc, nullable=False),
    Column("lease_until", Utc),
    Column("lease_token", String(40)),
    Column("reference", OutsideText),
    Column("reason_code", String(100)),
    Column("reason", OutsideText),
    Column("requested_at", Utc, nullable=False),
    Column("updated_at", Utc, nullable=False),
    Column("exported_at", Utc),
    Index("ix_export_requests_state_due_at", "state", "due_at", "order_id"),
    Index("ix_export_requests_state_lease_until", "state", "lease_until"),
)
