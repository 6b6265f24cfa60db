"""Checkout: one order of one cart, whatever is pressed how often and whatever fails."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app_sf_responsive.testing.buying import FILLED_IN, SHOP, available, form_of, order, orders_of, put
from app_sf_responsive.testing.selling import Selling, open_selling_stage
from app_sf_responsive.testing.stage import BUYER, PATRICIA, order_of
from iomconnector.errors import StorageError
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.samples import CHANNEL, OTHER_CHANNEL

OTHER_SHOP = f"/shop/{OTHER_CHANNEL}"


@in_event_loop
async def test_a_cart_becomes_an_order_with_its_pieces_held(tmp_path: Path) -> None:
    selling = Selling()
    async with open_selling_stage(tmp_path, selling) as stage:
        patricia = await stage.customer("patricia")
        await put(patricia, "MUG", 2)
        await put(patricia, "TEA/1 ü", 1)
        answer = await order(patricia, message="Bitte\nklingeln", reference="PO-1")
        assert answer.status == 303, answer
        page = await patricia.get(answer.location)
        assert "Thank you for your order" in page.text
        [placed] = await orders_of(stage)
        assert placed.number in page.text
        assert [f"{item.quantity.value} {item.product.sku}" for item in placed.line_items] == [
            "2 MUG",
            "1 TEA/1 ü",
        ]
        assert (str(placed.total.to_pay), str(placed.subtotal.to_pay)) == ("34.5 EUR", "34.5 EUR")
        assert [f"{tax.rate}: {tax.amount}" for tax in placed.total.taxes] == ["7: 0.7 EUR", "19: 3.8 EUR"]
        assert placed.reservation_id is not None
        assert (placed.message_to_merchant, placed.customer_order_number) == ("Bitte\nklingeln", "PO-1")
        assert (placed.payments[0].service_id, placed.attributes) == ("ISH_INVOICE", {})
        assert placed.invoice_address.contact is not None
        assert placed.invoice_address.contact.email == PATRICIA.email
        assert available(selling)["MUG"] == 18
        [link] = [each for each in page.links if f"{SHOP}/orders/" in each]
        assert placed.number in (await patricia.get(link)).text
        assert "Your cart is empty" in (await patricia.get(f"{SHOP}/cart")).text
        assert placed.number in (await patricia.get(f"{SHOP}/orders")).text


@in_event_loop
async def test_the_next_order_proposes_what_the_last_one_had(tmp_path: Path) -> None:
    async with open_selling_stage(tmp_path, Selling()) as stage:
        patricia = await stage.customer("patricia")
        await put(patricia, "MUG", 1)
        first = await patricia.get(f"{SHOP}/checkout")
        assert f'value="{PATRICIA.last_name}"' in first.html
        elsewhere = {f"shipping_{name[8:]}": text for name, text in FILLED_IN.items() if "invoice_" in name}
        await order(
            patricia,
            **{**elsewhere, "elsewhere": "yes", "shipping_city": "Łódź", "payment": "ISH_CASH_ON_DELIVERY"},
        )
        [placed] = await orders_of(stage)
        assert placed.shipping_buckets[0].address.city == "Łódź"
        await put(patricia, "MUG", 1)
        again = await patricia.get(f"{SHOP}/checkout")
        for text in ('value="Steinweg"', 'value="Łódź"', 'value="ISH_CASH_ON_DELIVERY" required checked'):
            assert text in again.html, text
        linus = await stage.customer("linus")
        await put(linus, "MUG", 1)
        assert "Steinweg" not in (await linus.get(f"{SHOP}/checkout")).html


@in_event_loop
async def test_a_company_orders_as_a_company_and_prefills_only_the_buyers_own(tmp_path: Path) -> None:
    async with open_selling_stage(tmp_path, Selling()) as stage:
        await stage.application.place_orders.many([order_of(BUYER, "1", cost_center="X")])
        anna = await stage.customer("anna", OTHER_CHANNEL)
        await put(anna, "DESK", 1, OTHER_SHOP)
        assert BUYER.last_name not in (await anna.get(f"{OTHER_SHOP}/checkout")).html
        bea = await stage.customer("bea", OTHER_CHANNEL)
        await put(bea, "DESK", 1, OTHER_SHOP)
        assert (await order(bea, OTHER_SHOP, invoice_company_name=BUYER.company[:50])).status == 303
        placed, _ = await orders_of(stage, BUYER)
        assert placed.customer.model_dump()["company"]["name"] == BUYER.company


@in_event_loop
async def test_the_button_pressed_again_and_again_makes_one_order(tmp_path: Path) -> None:
    selling = Selling()
    async with open_selling_stage(tmp_path, selling) as stage:
        patricia = await stage.customer("patricia")
        await put(patricia, "MUG", 2)
        form = await form_of(patricia)
        answers = await asyncio.gather(*(patricia.post(f"{SHOP}/checkout", form) for _ in range(8)))
        answers.append(await patricia.post(f"{SHOP}/checkout", form))
        assert {each.status for each in answers} == {303}, answers
        assert len({each.location for each in answers}) == 1
        assert len(await orders_of(stage)) == 1
        assert available(selling)["MUG"] == 18


@pytest.mark.parametrize("again", ["press", "finish", "sweep"])
@pytest.mark.parametrize("before", [True, False], ids=["before placing", "after placing"])
@in_event_loop
async def test_what_dies_between_holding_and_placing_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: bool, again: str
) -> None:
    selling = Selling()
    async with open_selling_stage(tmp_path, selling) as stage:
        place_orders = stage.application.place_orders
        patricia = await stage.customer("patricia")
        await put(patricia, "MUG", 2)
        form = await form_of(patricia)
        one = type(place_orders).one

        async def dying(self: Any, order: Any) -> Any:
            if not before:
                await one(self, order)
            raise StorageError("The power is gone.")

        with monkeypatch.context() as patched:
            patched.setattr(type(place_orders), "one", dying)
            assert (await patricia.post(f"{SHOP}/checkout", form)).status == 503
        assert len(await orders_of(stage)) == (0 if before else 1)
        cart = await patricia.get(f"{SHOP}/cart")
        assert "This cart is being ordered" in cart.text
        assert (await patricia.get(f"{SHOP}/checkout")).location == f"{SHOP}/cart"
        added = await patricia.post(f"{SHOP}/cart/add", {**cart.hidden, "sku": "TEA/1 ü", "quantity": "1"})
        assert (added.status, "Finish the order first" in added.text) == (409, True)
        if again == "press":
            answer = await patricia.post(f"{SHOP}/checkout", {**form, "invoice_city": "Weimar"})
            assert answer.status == 303
        elif again == "finish":
            answer = await patricia.post(f"{SHOP}/checkout/finish", cart.hidden)
            assert answer.status == 303
        else:
            basket = await selling.baskets.current(CHANNEL, "patricia")
            assert basket is not None
            late = monkeypatch.setattr  # the sweep looks at what was left a while ago
            late(type(stage.application.clock), "now", lambda _: basket.changed_at + timedelta(minutes=2))
            assert stage.application.check_out is not None
            assert await stage.application.check_out.finish_those_left() == 1
            assert await stage.application.check_out.finish_those_left() == 0
        [placed] = await orders_of(stage)
        assert placed.invoice_address.city == "Jena"
        assert available(selling)["MUG"] == 18
        assert await selling.baskets.current(CHANNEL, "patricia") is None
