"""The audit trail."""

from sqlalchemy import JSON, Column, Index, String, Table

from iomconnector.storage.tables.metadata import Key, Utc, metadata

audit_entries = Table(
    "audit_entries",
    metadata,
    Column("number", Key, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("by", String(255), nullable=False),
    Column("topic", String(100), nullable=False),
    Column("action", String(100), nullable=False),
    Column("subject", String(255), nullable=False),
    Column("context", String(255)),
    Column("changes", JSON, nullable=False),
    Index("ix_audit_entries_topic_subject", "topic", "subject", "number"),
)
