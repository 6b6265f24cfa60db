"""What inventory services said a moment ago, in the cache."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import ValidationError

from iomconnector.model.availability import ProductStock
from iomconnector.model.values import Moment, Value
from iomconnector.ports.cache import Cache
from iomconnector.usecases.inventory_source import InventorySource


@dataclass(frozen=True, slots=True)
class StockFinding:
    """What was found out about a product.

    Arguments:
        stock: What there is; none where the service does not know the product.
        asked_at: When the service was asked: what it said is at least as new.
    """

    stock: ProductStock | None
    asked_at: datetime

    def is_fresh(self, now: datetime, keep: timedelta) -> bool:
        """Whether it may be used without asking again; never where a clock was set back meanwhile."""
        return timedelta(0) <= now - self.asked_at < keep


class _Entry(Value):
    sku: str
    asked_at: Moment
    stock: ProductStock | None = None


class CachedStock:
    """Keeps findings for as long as the rules of their source say.

    Arguments:
        cache: The cache.
    """

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    async def findings(
        self, source: InventorySource, skus: Iterable[str], now: datetime
    ) -> dict[str, StockFinding]:
        """What is kept of products and may be used without asking again, by SKU.

        Arguments:
            source: Who was asked.
            skus: The products.
            now: The present time.
        """
        keep = source.service.rules.keep
        if keep <= timedelta(0):
            return {}
        keys = {source.key(sku): sku for sku in skus}
        found = {}
        for key, content in (await self._cache.get_many(list(keys))).items():
            finding = _read(content, keys[key])
            if finding is not None and finding.is_fresh(now, keep):
                found[keys[key]] = finding
        return found

    async def keep(self, source: InventorySource, findings: Mapping[str, StockFinding]) -> None:
        """Keep findings."""
        keep = source.service.rules.keep
        if findings and keep > timedelta(0):
            entries = {source.key(sku): _written(sku, each) for sku, each in findings.items()}
            await self._cache.set_many(entries, keep=keep)


def _written(sku: str, finding: StockFinding) -> bytes:
    entry = _Entry(sku=sku, asked_at=finding.asked_at, stock=finding.stock)
    return entry.model_dump_json(exclude_defaults=True).encode()


def _read(content: bytes, sku: str) -> StockFinding | None:
    try:
        entry = _Entry.model_validate_json(content)
    except ValidationError:
        return None
    if entry.sku != sku or (entry.stock is not None and entry.stock.sku != sku):
        return None
    return StockFinding(entry.stock, entry.asked_at)
