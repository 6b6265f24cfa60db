"""What customers look for in their orders, and what order management systems said of orders last."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from iomconnector.storage.tables.metadata import Key, Utc, replaced

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BATCH = 1000
LONGEST = 255


def upgrade() -> None:
    """Make and extend the tables."""
    op.add_column("orders", sa.Column("email", sa.String(length=LONGEST), nullable=True))
    op.add_column("orders", sa.Column("customer_order_number", sa.String(length=LONGEST), nullable=True))
    op.add_column("orders", sa.Column("created_at", Utc(), nullable=True))
    op.create_table(
        "order_products",
        sa.Column("order_id", Key, autoincrement=False, nullable=False),
        sa.Column("sku", sa.String(length=LONGEST), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_products_order_id")),
        sa.PrimaryKeyConstraint("order_id", "sku", name=op.f("pk_order_products")),
    )
    _fill()
    op.create_index("ix_order_products_sku", "order_products", ["sku", "order_id"], unique=False)
    op.create_index("ix_orders_channel_customer", "orders", ["channel", "customer", "id"], unique=False)
    _make_states()


def _make_states() -> None:
    op.create_table(
        "order_states",
        sa.Column("channel", sa.String(length=LONGEST), nullable=False),
        sa.Column("number", sa.String(length=LONGEST), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("observed_at", Utc(), nullable=False),
        sa.Column("status", sa.String(length=LONGEST), nullable=True),
        sa.Column("content", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["channel"], ["contexts.id"], name=op.f("fk_order_states_channel")),
        sa.PrimaryKeyConstraint("channel", "number", name=op.f("pk_order_states")),
    )
    op.create_index("ix_order_states_version", "order_states", ["channel", "version"], unique=False)
    op.create_index("ix_order_states_status", "order_states", ["channel", "status", "number"], unique=False)
    op.create_table(
        "change_feeds",
        sa.Column("channel", sa.String(length=LONGEST), nullable=False),
        sa.Column("feed", sa.String(length=LONGEST), nullable=False),
        sa.Column("mark", sa.String(length=200), nullable=False),
        sa.Column("read_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["channel"], ["contexts.id"], name=op.f("fk_change_feeds_channel")),
        sa.PrimaryKeyConstraint("channel", "feed", name=op.f("pk_change_feeds")),
    )


def _fill() -> None:
    """Write what is searched beside the orders that are there; a damaged content is told elsewhere."""
    orders = sa.table(
        "orders",
        sa.column("id"),
        sa.column("content", sa.Text),
        sa.column("placed_at", Utc()),
        sa.column("erased_at", Utc()),
        sa.column("email"),
        sa.column("customer_order_number"),
        sa.column("created_at", Utc()),
    )
    products = sa.table("order_products", sa.column("order_id"), sa.column("sku"))
    fill = (
        sa.update(orders)
        .where(orders.c.id == sa.bindparam("key"))
        .values(
            email=sa.bindparam("mail", type_=sa.String()),
            customer_order_number=sa.bindparam("own_number", type_=sa.String()),
            created_at=sa.bindparam("created", type_=Utc()),
        )
    )
    connection, last = op.get_bind(), 0
    read = sa.select(orders.c.id, orders.c.content, orders.c.placed_at, orders.c.erased_at)
    while rows := connection.execute(read.where(orders.c.id > last).order_by(orders.c.id).limit(BATCH)).all():
        contents = [(row, _parsed(row.content)) for row in rows]
        connection.execute(fill, [_searched(row, content) for row, content in contents])
        found = [
            {"order_id": row.id, "sku": sku}
            for row, content in contents
            for sku in sorted(set(_skus(content)))
        ]
        if found:
            connection.execute(sa.insert(products), found)
        last = rows[-1].id


def _parsed(content: str) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def _searched(row: Any, content: Any) -> dict[str, Any]:
    erased = row.erased_at is not None
    email = None if erased else _text(_at(content, "invoice_address", "contact", "email"))
    return {
        "key": row.id,
        "mail": email and email.casefold()[:LONGEST],
        "own_number": None if erased else _text(_at(content, "customer_order_number")),
        "created": _moment(_at(content, "created_at")) or row.placed_at,
    }


def _at(content: Any, *path: str) -> Any:
    for name in path:
        content = content.get(name) if isinstance(content, dict) else None
    return content


def _text(value: Any) -> str | None:
    return replaced(value)[:LONGEST] if isinstance(value, str) and value else None


def _moment(value: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        return moment.astimezone(UTC) if moment is not None and moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def _skus(content: Any) -> Iterator[str]:
    for bucket in _list(_at(content, "shipping_buckets")):
        for item in _list(_at(bucket, "line_items")):
            sku = _text(_at(item, "product", "sku"))
            if sku:
                yield sku


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def downgrade() -> None:
    """Remove what was added."""
    op.drop_table("change_feeds")
    op.drop_index("ix_order_states_status", table_name="order_states")
    op.drop_index("ix_order_states_version", table_name="order_states")
    op.drop_table("order_states")
    op.drop_index("ix_orders_channel_customer", table_name="orders")
    op.drop_index("ix_order_products_sku", table_name="order_products")
    op.drop_table("order_products")
    for column in ("created_at", "customer_order_number", "email"):
        op.drop_column("orders", column)
