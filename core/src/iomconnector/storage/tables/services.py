"""Managed services."""

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, String, Table, Text

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
    Column("available", Boolean, nullable=False),
    Column("version", Integer, nullable=False),
    Column("updated_by", String(255), nullable=False),
)

service_enablements = Table(
    "service_enablements",
    metadata,
    Column("definition", String(255), primary_key=True),
    Column("organization", String(255), ForeignKey("contexts.id"), primary_key=True),
    Column("enabled", Boolean, nullable=False),
)

service_overrides = Table(
    "service_overrides",
    metadata,
    Column("configuration", String(255), ForeignKey("service_configurations.id"), primary_key=True),
    Column("context", String(255), ForeignKey("contexts.id"), primary_key=True),
    Column("active", Boolean, nullable=False),
)

service_revision = Table(
    "service_revision",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("revision", String(40), nullable=False),
)
"""One row; whoever changes a service holds it, and gives it another revision."""
