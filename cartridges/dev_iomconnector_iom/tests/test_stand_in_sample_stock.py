"""The stock with which a stand-in beside the shop begins."""

from pathlib import Path

from dev_iomconnector_iom import StandInConfig, run_in_thread
from dev_iomconnector_iom.control.stock_messages import StockEntry
from dev_iomconnector_iom.sample_stock import SAMPLE_STOCK, with_sample_stock
from dev_iomconnector_iom.testing import CONTROL_TOKEN


def _config(folder: Path) -> StandInConfig:
    return with_sample_stock(StandInConfig(control_token=CONTROL_TOKEN, storage=folder / "orders.sqlite3"))


def test_every_shop_has_it_and_keeps_what_became_of_it(tmp_path: Path) -> None:
    with run_in_thread(_config(tmp_path)) as iom:
        for shop in (10010, 10020):
            atp: dict[str, int] = {}
            for level in iom.control.stock.levels(shop):
                atp[level.product] = atp.get(level.product, 0) + level.atp
            assert atp == {product: sum(pieces) for product, pieces in SAMPLE_STOCK.items()}
        iom.control.stock.put(10010, StockEntry(product="896737", pieces=1), replace=True)
    with run_in_thread(_config(tmp_path)) as again:
        assert [level.stock for level in again.control.stock.levels(10010)] == [1]


def test_there_is_something_to_buy_and_something_that_is_sold_out() -> None:
    sums = [sum(pieces) for pieces in SAMPLE_STOCK.values()]
    assert min(sums) == 0
    assert max(sums) > 0
