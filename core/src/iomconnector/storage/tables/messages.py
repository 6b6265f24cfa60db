"""Messages exchanged with other systems."""

from sqlalchemy import JSON, Column, Float, Index, Integer, String, Table, UniqueConstraint

from iomconnector.storage.tables.metadata import Key, OutsideText, Utc, metadata

messages = Table(
    "messages",
    metadata,
    Column("id", Key, primary_key=True),
    Column("message_id", String(40), nullable=False),
    Column("at", Utc, nullable=False),
    Column("channel", String(255), nullable=False),
    Column("order_number", String(255)),
    Column("service", String(255), nullable=False),
    Column("method", String(40), nullable=False),
    Column("url", OutsideText, nullable=False),
    Column("request_headers", JSON, nullable=False),
    Column("request_body", OutsideText, nullable=False),
    Column("status", Integer),
    Column("response_headers", JSON, nullable=False),
    Column("response_body", OutsideText, nullable=False),
    Column("error", OutsideText, nullable=False),
    Column("duration_ms", Float, nullable=False),
    Column("attempt", Integer),
    Column("trace_id", String(32)),
    Column("erased_at", Utc),
    UniqueConstraint("message_id"),
    Index("ix_messages_channel_order_number", "channel", "order_number"),
    Index("ix_messages_at", "at"),
)
