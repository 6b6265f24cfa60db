"""The reservations that the shop makes at inventory services.

``basket`` is there only while a reservation is neither ended nor bound to an order, and no longer.
"""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, text

from iomconnector.storage.tables.metadata import Key, Utc, metadata

stock_holds = Table(
    "stock_holds",
    metadata,
    Column("key", String(40), primary_key=True),
    Column("channel", String(255), ForeignKey("contexts.id"), nullable=False),
    Column("basket", String(255)),
    Column("service", String(255), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("wanted", Text, nullable=False),
    Column("pieces", Text, nullable=False),
    Column("state", String(20), nullable=False),
    Column("reservation", String(255)),
    Column("order_id", Key, ForeignKey("orders.id")),
    Column("stage", String(20)),
    Column("told", Boolean, nullable=False),
    Column("made_at", Utc, nullable=False),
    Column("ends_at", Utc, nullable=False),
    Column("look_at", Utc),
    Column("not_before", Utc),
    Column("ended", String(20)),
    Column("ended_at", Utc),
    Column("version", Integer, nullable=False),
    Index("ix_stock_holds_reservation", "reservation", "channel"),
    Index("ix_stock_holds_order", "order_id"),
    Index("ix_stock_holds_look_at", "look_at"),
    Index("ix_stock_holds_made_at", "made_at"),
)

BASKET_HAS = text("state IN ('asking', 'held')")
"""Having, as the index says it. With parameters in its place PostgreSQL may not find the index."""

MAY_HOLD = text("state IN ('asking', 'held', 'releasing')")

MAY_CHANGE_STAGE = text("stage IN ('waiting', 'leaving', 'stays')")

ONE_OF_A_BASKET = Index(
    "uq_stock_holds_basket",
    stock_holds.c.channel,
    stock_holds.c.basket,
    unique=True,
    sqlite_where=BASKET_HAS,
    postgresql_where=BASKET_HAS,
)

Index(
    "ix_stock_holds_stage",
    stock_holds.c.stage,
    stock_holds.c.order_id,
    sqlite_where=MAY_CHANGE_STAGE,
    postgresql_where=MAY_CHANGE_STAGE,
)

Index(
    "ix_stock_holds_may_hold",
    stock_holds.c.made_at,
    sqlite_where=MAY_HOLD,
    postgresql_where=MAY_HOLD,
)
