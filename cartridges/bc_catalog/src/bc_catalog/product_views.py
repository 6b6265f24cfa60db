"""Products as people and programs see them at the command line."""

from collections.abc import Iterator, Sequence
from typing import Any

from bc_catalog.product_changes import Effect, ImportReport
from bc_catalog.product_file import ProductMistake
from iomconnector.model.products import CatalogProduct
from iomconnector.model.values import canonical

HEADINGS = ("SKU", "Name", "Net", "With tax", "Tax", "Unit")
MANY = 100
"""So many lines are shown; the rest is counted."""


def cells(product: CatalogProduct) -> Sequence[str]:
    """The cells of a table."""
    return (
        product.sku,
        product.name("en"),
        str(product.net),
        str(product.gross),
        f"{product.tax_class} {canonical(product.tax_rate)} %",
        product.unit or "",
    )


def facts(product: CatalogProduct) -> list[tuple[str, str]]:
    """Everything about a product, a row each."""
    return [
        *((f"name ({code})", text) for code, text in sorted(product.names.items())),
        *((f"description ({code})", text) for code, text in sorted(product.descriptions.items())),
        ("net", str(product.net)),
        ("with tax", str(product.gross)),
        ("tax", f"{product.tax_class} {canonical(product.tax_rate)} %"),
        ("unit", product.unit or "none"),
    ]


def import_sentence(report: ImportReport, *, planned: bool) -> str:
    """What an import did, for people."""
    told = ", ".join(f"{report.counts[effect]} {effect.value}" for effect in Effect)
    return f"{'It would be: ' if planned else ''}{told}."


def import_facts(report: ImportReport, *, planned: bool) -> dict[str, Any]:
    """What an import did, ready for JSON."""
    return {
        "planned": planned,
        **{effect.value: report.counts[effect] for effect in Effect},
        "products": [
            {
                "sku": each.sku,
                "effect": each.effect.value,
                "changes": {name: {"from": old, "to": new} for name, (old, new) in each.differences.items()},
            }
            for each in report.effects
        ],
    }


def effect_lines(report: ImportReport) -> Iterator[str]:
    """What an import would change, a line for each product."""
    for each in report.effects[:MANY]:
        told = ", ".join(f"{name} {old} -> {new}" for name, (old, new) in each.differences.items())
        yield f"{each.sku}: {each.effect.value}{f': {told}' if each.effect is Effect.CHANGED else ''}"
    if len(report.effects) > MANY:
        yield f"... and {len(report.effects) - MANY} more"


def mistake_facts(mistakes: Sequence[ProductMistake]) -> dict[str, Any]:
    """What is wrong with a file, ready for JSON."""
    return {
        "imported": 0,
        "mistakes": [
            {"line": each.line or None, "sku": each.sku, "reason": each.reason} for each in mistakes
        ],
    }


def mistake_lines(mistakes: Sequence[ProductMistake]) -> Iterator[str]:
    """What is wrong with a file, a line each."""
    for each in mistakes[:MANY]:
        where = f"line {each.line}: " if each.line else ""
        yield f"{where}{f'{each.sku}: ' if each.sku else ''}{each.reason}"
    if len(mistakes) > MANY:
        yield f"... and {len(mistakes) - MANY} more"
