"""What order management systems said of orders last, and how far their change feeds were read.

A row without content stands for an order that is to be forgotten: its version keeps out answers to questions
that were asked before.
"""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table, Text

from iomconnector.storage.tables.metadata import Utc, metadata

order_states = Table(
    "order_states",
    metadata,
    Column("channel", String(255), ForeignKey("contexts.id"), primary_key=True),
    Column("number", String(255), primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("observed_at", Utc, nullable=False),
    Column("status", String(255)),
    Column("content", Text),
    Index("ix_order_states_version", "channel", "version"),
    Index("ix_order_states_status", "channel", "status", "number"),
)

change_feeds = Table(
    "change_feeds",
    metadata,
    Column("channel", String(255), ForeignKey("contexts.id"), primary_key=True),
    Column("feed", String(255), primary_key=True),
    Column("mark", String(200), nullable=False),
    Column("read_at", Utc, nullable=False),
)
