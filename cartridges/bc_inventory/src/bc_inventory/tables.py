"""The shop's own stock and what is held of it."""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, MetaData, String, Table, text

from iomconnector.storage.tables.metadata import Utc

metadata = MetaData()

LONGEST = 255
"""So many characters have SKUs, keys and ids."""

HELD, RELEASED, EXPIRED, FULFILLED = "held", "released", "expired", "fulfilled"
"""The states of reservations."""

stock_levels = Table(
    "stock_levels",
    metadata,
    Column("channel", String(LONGEST), primary_key=True),
    Column("sku", String(LONGEST), primary_key=True),
    Column("on_hand", Integer, nullable=False),
    Column("safety_stock", Integer, nullable=False),
    Column("restock_on", Date),
    Column("updated_at", Utc, nullable=False),
)

stock_reservations = Table(
    "stock_reservations",
    metadata,
    Column("id", String(LONGEST), primary_key=True),
    Column("channel", String(LONGEST), nullable=False),
    Column("key", String(LONGEST), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("state", String(20), nullable=False),
    Column("made_at", Utc, nullable=False),
    Column("valid_until", Utc, nullable=False),
    Column("ended_at", Utc),
    Column("order_number", String(LONGEST)),
    Index("ix_stock_reservations_ends", "state", "valid_until"),
)

IS_HELD = text("state = 'held'")
"""Holding, as the index says it. With a parameter in its place PostgreSQL may not find the index."""

ONE_OF_A_KEY = Index(
    "uq_stock_reservations_held_key",
    stock_reservations.c.channel,
    stock_reservations.c.key,
    unique=True,
    sqlite_where=IS_HELD,
    postgresql_where=IS_HELD,
)
"""Of one key there is one reservation that holds something."""

stock_reservation_items = Table(
    "stock_reservation_items",
    metadata,
    Column("reservation", String(LONGEST), ForeignKey("stock_reservations.id"), primary_key=True),
    Column("sku", String(LONGEST), primary_key=True),
    Column("channel", String(LONGEST), nullable=False),
    Column("wanted", Integer, nullable=False),
    Column("reserved", Integer, nullable=False),
    Index("ix_stock_reservation_items_sku", "channel", "sku"),
)
