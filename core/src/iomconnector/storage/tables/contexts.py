"""The tree of organizations, channels and applications."""

from sqlalchemy import Column, ForeignKey, String, Table, Text

from iomconnector.storage.tables.metadata import metadata

contexts = Table(
    "contexts",
    metadata,
    Column("id", String(255), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("display_name", Text, nullable=False),
    Column("parent", String(255), ForeignKey("contexts.id")),
)
