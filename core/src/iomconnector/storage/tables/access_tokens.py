"""Access tokens of programs."""

from sqlalchemy import JSON, Column, String, Table, UniqueConstraint

from iomconnector.storage.tables.metadata import Utc, metadata

access_tokens = Table(
    "access_tokens",
    metadata,
    Column("name", String(255), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("channels", JSON, nullable=False),
    Column("created_at", Utc, nullable=False),
    UniqueConstraint("digest"),
)
