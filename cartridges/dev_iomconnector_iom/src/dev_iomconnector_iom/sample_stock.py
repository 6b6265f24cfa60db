"""Stock of IOM's demo, for a stand-in that shows something right away. [iom-api 5]

896737, 7030019 and 4713147997367 are products of the published demo, the others those of the sample shop.
"""

from __future__ import annotations

from dev_iomconnector_iom.config import ShopConfig, StandInConfig

SAMPLE_STOCK: dict[str, tuple[int, ...]] = {
    "896737": (120, 35, 4),
    "7030019": (250,),
    "4713147997367": (999,),
    "201807171": (2, 1),
    "201807195": (0, 0, 0),
    "9781732102200": (40, 0, 12),
    "10001": (5000,),
    "10002": (100_000,),
    "201807202": (0,),
    "201807218": (40, 24),
    "201807225": (17,),
    "201807231": (8,),
}
"""Product -> pieces at the suppliers of a shop, in their order. Of two there is nothing."""


def with_sample_stock(config: StandInConfig) -> StandInConfig:
    """The configuration with stock in each shop that has none."""
    shops = tuple(
        shop if shop.stock else shop.model_copy(update={"stock": _at_the_suppliers(shop)})
        for shop in config.shops
    )
    return config.model_copy(update={"shops": shops})


def _at_the_suppliers(shop: ShopConfig) -> dict[str, dict[str, int]]:
    return {
        product: dict(zip(shop.suppliers, pieces, strict=False)) for product, pieces in SAMPLE_STOCK.items()
    }
