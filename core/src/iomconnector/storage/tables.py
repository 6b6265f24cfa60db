"""The tables of the shop's database."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Utc(TypeDecorator[datetime]):
    """An aware time, stored in UTC."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Store in UTC.

        Raises:
            ValueError: The time is naive.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Give back as an aware time."""
        return None if value is None else value.replace(tzinfo=UTC)


contexts = Table(
    "contexts",
    metadata,
    Column("id", String(255), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("display_name", Text, nullable=False),
    Column("parent", String(255), ForeignKey("contexts.id")),
)

service_configurations = Table(
    "service_configurations",
    metadata,
    Column("id", String(255), primary_key=True),
    Column("definition", String(255), nullable=False),
    Column("context", String(255), ForeignKey("contexts.id"), nullable=False),
    Column("display_name", Text, nullable=False),
    Column("settings", JSON, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("sharing", String(20), nullable=False),
    Column("updated_at", Utc, nullable=False),
)

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

messages = Table(
    "messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("message_id", String(40), nullable=False),
    Column("at", Utc, nullable=False),
    Column("channel", String(255), nullable=False),
    Column("order_number", String(255)),
    Column("service", String(255), nullable=False),
    Column("method", String(40), nullable=False),
    Column("url", Text, nullable=False),
    Column("request_headers", JSON, nullable=False),
    Column("request_body", Text, nullable=False),
    Column("status", Integer),
    Column("response_headers", JSON, nullable=False),
    Column("response_body", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("duration_ms", Float, nullable=False),
    UniqueConstraint("message_id"),
    Index("ix_messages_channel_order_number", "channel", "order_number"),
)

access_tokens = Table(
    "access_tokens",
    metadata,
    Column("name", String(255), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("channels", JSON, nullable=False),
    Column("created_at", Utc, nullable=False),
    UniqueConstraint("digest"),
)
