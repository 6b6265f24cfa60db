"""The products of the shop."""

from sqlalchemy import Column, MetaData, String, Table, Text

from iomconnector.model.products import LONGEST_SKU
from iomconnector.storage.tables.metadata import Utc

metadata = MetaData()

LONGEST = 255
"""So many characters have ids of channels and names of taxes and units."""

catalog_products = Table(
    "catalog_products",
    metadata,
    Column("channel", String(LONGEST), primary_key=True),
    Column("sku", String(LONGEST_SKU), primary_key=True),
    Column("names", Text, nullable=False),
    Column("descriptions", Text, nullable=False),
    Column("net", String(40), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("tax_class", String(LONGEST), nullable=False),
    Column("tax_rate", String(40), nullable=False),
    Column("unit", String(LONGEST)),
    Column("found_by", Text, nullable=False),
    Column("updated_at", Utc, nullable=False),
)
"""Texts are JSON, by language; amounts are plain decimals, which SQLite cannot keep exactly as numbers.
``found_by``: what a search looks at, SKU and names in small letters."""
