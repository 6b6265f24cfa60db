"""Orders, their approvals, their corrections and their exports.

``orders.organization`` names the organization in which an order holds its number. It is empty where an order
of another channel holds that number, which is possible only where neither got it ``from_sequence``.

``export_requests.channel`` repeats the channel of the order: the exports of one channel stand together
in the indexes, each of which has only the rows of the states that it is for. Rows that are due or
being sent are in no other index by state, so that nothing leads a claim astray. ``held_by`` names, for
people, the worker that holds the lease.

``orders.created_at``, ``email``, ``customer`` and ``customer_order_number`` repeat what stands in the
content, for searching, as ``order_products`` repeats the products. ``email`` is that of the invoice address,
case folded.
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
    text,
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
    Column("customer", String(255)),
    Column("email", String(255)),
    Column("customer_order_number", String(255)),
    Column("created_at", Utc),
    Column("erased_at", Utc),
    UniqueConstraint("channel", "number"),
    Index("ix_orders_number", "number", postgresql_ops={"number": "varchar_pattern_ops"}),
    Index("ix_orders_organization_number", "organization", "number", unique=True),
    Index("ix_orders_channel", "channel", "id"),
    Index("ix_orders_customer", "customer", "id"),
    Index("ix_orders_channel_customer", "channel", "customer", "id"),
    Index("ix_orders_placed_at", "placed_at"),
    sqlite_autoincrement=True,
)

order_products = Table(
    "order_products",
    metadata,
    Column("order_id", Key, ForeignKey("orders.id"), primary_key=True, autoincrement=False),
    Column("sku", String(255), primary_key=True),
    Index("ix_order_products_sku", "sku", "order_id"),
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

order_corrections = Table(
    "order_corrections",
    metadata,
    Column("order_id", Key, ForeignKey("orders.id"), primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("corrected_by", Text, nullable=False),
    Column("corrected_at", Utc, nullable=False),
    Column("reason", OutsideText, nullable=False),
    Column("digest_before", String(64), nullable=False),
    Column("content_before", Text, nullable=False),
)

export_requests = Table(
    "export_requests",
    metadata,
    Column("order_id", Key, ForeignKey("orders.id"), primary_key=True, autoincrement=False),
    Column("channel", String(255), nullable=False, server_default=text("''")),
    Column("state", String(30), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("abandoned", Integer, nullable=False, server_default=text("0")),
    Column("unclear", Boolean, nullable=False),
    Column("due_at", Utc, nullable=False),
    Column("lease_until", Utc),
    Column("lease_token", String(40)),
    Column("held_by", String(255)),
    Column("reference", OutsideText),
    Column("reason_code", String(100)),
    Column("reason", OutsideText),
    Column("requested_at", Utc, nullable=False),
    Column("updated_at", Utc, nullable=False),
    Column("exported_at", Utc),
    Column("revision", Integer, nullable=False, server_default=text("0")),
    Column("trace_parent", String(55)),
)

DUE_ONLY = text("state = 'due'")
SENDING_ONLY = text("state = 'sending'")
NOT_QUEUED = text("state NOT IN ('due', 'sending')")
WITH_REASON = text("reason_code IS NOT NULL")

for name, columns, rows in (
    ("ix_export_requests_due", ("channel", "due_at", "order_id"), DUE_ONLY),
    ("ix_export_requests_sending", ("channel", "lease_until", "order_id"), SENDING_ONLY),
    ("ix_export_requests_other", ("state", "channel", "order_id"), NOT_QUEUED),
    ("ix_export_requests_reason", ("reason_code", "channel", "state", "order_id"), WITH_REASON),
):
    Index(name, *(export_requests.c[column] for column in columns), postgresql_where=rows, sqlite_where=rows)

export_attempts = Table(
    "export_attempts",
    metadata,
    Column("order_id", Key, ForeignKey("orders.id"), primary_key=True, autoincrement=False),
    Column("attempt", Integer, primary_key=True, autoincrement=False),
    Column("worker", String(255), nullable=False),
    Column("claimed_at", Utc, nullable=False),
    Column("ended_at", Utc, nullable=False),
    Column("outcome", String(30), nullable=False),
    Column("code", String(100)),
    Column("reason", OutsideText),
    Column("trace_id", String(32)),
)

export_pauses = Table(
    "export_pauses",
    metadata,
    Column("channel", String(255), ForeignKey("contexts.id"), primary_key=True),
    Column("paused_by", Text, nullable=False),
    Column("paused_at", Utc, nullable=False),
    Column("reason", OutsideText, nullable=False),
)
