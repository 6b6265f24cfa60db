"""Sequences of order numbers, and which order got which number."""

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table, Text

from iomconnector.storage.tables.metadata import Utc, metadata

COUNTER = String(255)
"""A whole number in decimal digits: order numbers may have more of them than an integer of a database."""

order_number_sequences = Table(
    "order_number_sequences",
    metadata,
    Column("organization", String(255), ForeignKey("contexts.id"), primary_key=True),
    Column("block_size", Integer, nullable=False),
    Column("prefix", String(40), nullable=False),
    Column("pattern", String(200), nullable=False),
    Column("digits_only", Boolean, nullable=False),
    Column("max_length", Integer, nullable=False),
    Column("next_counter", COUNTER, nullable=False),
    Column("largest_value", COUNTER, nullable=False),
    Column("floor", COUNTER, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("updated_at", Utc),
    Column("updated_by", Text, nullable=False),
)

order_number_assignments = Table(
    "order_number_assignments",
    metadata,
    Column("channel", String(255), ForeignKey("contexts.id"), primary_key=True),
    Column("idempotency_key", String(255), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("number", String(255), nullable=False),
)
