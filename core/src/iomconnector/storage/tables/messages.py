"""Messages exchanged with other systems."""

from sqlalchemy import JSON, Column, Float, Index, Integer, String, Table, Text, UniqueConstraint

from iomconnector.storage.tables.metadata import Utc, metadata

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
