"""How the systems that orders are sent to fare, and which worker may send how much at a time."""

from sqlalchemy import Column, Integer, String, Table

from iomconnector.storage.tables.metadata import OutsideText, Utc, metadata

endpoints = Table(
    "endpoints",
    metadata,
    Column("name", String(500), primary_key=True),
    Column("circuit", String(20), nullable=False),
    Column("failures", Integer, nullable=False),
    Column("openings", Integer, nullable=False),
    Column("open_until", Utc),
    Column("wait_until", Utc),
    Column("permit_limit", Integer, nullable=False),
    Column("successes", Integer, nullable=False),
    Column("lowered_at", Utc),
    Column("prober", String(255)),
    Column("probe_until", Utc),
    Column("last_code", String(100)),
    Column("last_reason", OutsideText),
    Column("last_failure_at", Utc),
    Column("updated_at", Utc, nullable=False),
)

endpoint_shares = Table(
    "endpoint_shares",
    metadata,
    Column("endpoint", String(500), primary_key=True),
    Column("worker", String(255), primary_key=True),
    Column("permits", Integer, nullable=False),
    Column("wanted", Integer, nullable=False),
    Column("lease_until", Utc, nullable=False),
)
