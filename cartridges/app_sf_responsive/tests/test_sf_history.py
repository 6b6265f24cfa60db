"""The order history as its readers find in it."""

import re
from pathlib import Path

from app_sf_responsive.testing.stage import BUYER, open_stage, order_of
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.samples import OTHER_CHANNEL, approval_step

SHOP = f"/shop/{OTHER_CHANNEL}"


@in_event_loop
async def test_orders_are_found_by_the_shops_own_statuses(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        waiting = order_of(BUYER, "4711", approval_steps=[approval_step("anna").model_dump()])
        await stage.application.place_orders.many([order_of(BUYER, "4712"), waiting])
        bea = await stage.customer("bea", OTHER_CHANNEL)
        history = await bea.get(f"{SHOP}/orders")
        assert "2 Bestellungen" in history.text
        codes = dict(re.findall(r'<option value="([A-Z_]+)">([^<]+)</option>', history.html))
        assert codes["IN_APPROVAL"] == "Wartet auf Genehmigung"
        for code, number in (("IN_APPROVAL", "4711"), ("NEW", "4712")):
            found = await bea.get(f"{SHOP}/orders?status={code}")
            assert "1 Bestellung gefunden" in found.text
            assert f">{number}</a>" in found.html
            assert f'<option value="{code}" selected>' in found.html
        none = await bea.get(f"{SHOP}/orders?status=FANCY")
        assert "0 Bestellungen gefunden" in none.text
        assert "Keine Bestellung passt dazu" in none.text


@in_event_loop
async def test_who_ordered_nothing_is_told_so(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        bea = await stage.customer("bea", OTHER_CHANNEL)
        for path in ("orders", "account"):
            page = await bea.get(f"{SHOP}/{path}")
            assert "Sie haben noch nichts bestellt" in page.text
            assert 'role="search"' not in page.html


@in_event_loop
async def test_what_is_typed_is_shown_as_text(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        name = '<script>alert("x")</script>'
        order = order_of(BUYER, "4713")
        document = order.model_dump(mode="json")
        document["shipping_buckets"][0]["line_items"][0]["product"]["name"] = name
        document["message_to_merchant"] = name
        await stage.application.place_orders.many([type(order).model_validate(document)])
        bea = await stage.customer("bea", OTHER_CHANNEL)
        key = re.search(r"/orders/(\d+)", (await bea.get(f"{SHOP}/orders")).html)
        assert key is not None
        for path in ("orders", f"orders/{key[1]}", f"orders?number={'%3Cscript%3E'}&from=%22%3E%3Cscript%3E"):
            page = await bea.get(f"{SHOP}/{path}")
            assert page.status == 200
            assert "<script" not in page.html
