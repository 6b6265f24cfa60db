"""What all tables share: the naming of their constraints and how they keep times."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, MetaData, Text, TypeDecorator
from sqlalchemy.types import TypeEngine

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


Key = BigInteger().with_variant(Integer, "sqlite")
"""The type of a number that the database gives out: 64 bits on every database."""


class Utc(TypeDecorator[datetime]):
    """An aware time, stored in UTC; on PostgreSQL a ``timestamp with time zone``."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The type of the column."""
        return dialect.type_descriptor(DateTime(timezone=_knows_zones(dialect)))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Store in UTC.

        Raises:
            ValueError: The time is naive.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        in_utc = value.astimezone(UTC)
        return in_utc if _knows_zones(dialect) else in_utc.replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back as an aware time."""
        if value is None:
            return None
        return value.astimezone(UTC) if _knows_zones(dialect) else value.replace(tzinfo=UTC)


class OutsideText(TypeDecorator[str]):
    """Text that others wrote: what no database can keep, NUL and halves of surrogate pairs, is replaced."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Replace what cannot be kept."""
        return None if value is None else replaced(value)


def replaced(value: str) -> str:
    """The text, with what no database can keep replaced."""
    return value.replace("\0", "\N{SYMBOL FOR NULL}").encode("utf-8", "replace").decode("utf-8")


def _knows_zones(dialect: Dialect) -> bool:
    return dialect.name == "postgresql"
