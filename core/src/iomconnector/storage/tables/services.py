"""Managed services."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, String, Table, Text

from iomconnector.storage.tables.metadata import Utc, metadata

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
