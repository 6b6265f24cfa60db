"""The protocol of database preparation."""

from sqlalchemy import Column, Float, Integer, String, Table, Text

from iomconnector.storage.tables.metadata import Utc, metadata

preparation_steps = Table(
    "preparation_steps",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("cartridge", String(255), nullable=False),
    Column("version", String(100), nullable=False),
    Column("phase", String(10), nullable=False),
    Column("step", String(255), nullable=False),
    Column("mode", String(10), nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("started_at", Utc, nullable=False),
    Column("finished_at", Utc),
    Column("seconds", Float),
    Column("message", Text, nullable=False),
    Column("host", String(255), nullable=False),
    Column("pid", Integer, nullable=False),
    sqlite_autoincrement=True,
)

prepared_cartridges = Table(
    "prepared_cartridges",
    metadata,
    Column("cartridge", String(255), primary_key=True),
    Column("version", String(100), nullable=False),
    Column("registered_at", Utc, nullable=False),
)
