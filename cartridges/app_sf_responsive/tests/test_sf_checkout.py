"""Checkout: one order of one cart, whatever is pressed how often and whatever fails."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app_sf_responsive.testing.selling import Selling, open_selling_stage
from app_sf_responsive.testing.stage import BUYER, PATRICIA, Guest, Page, Stage, order_of
from iomconnector.errors import StorageError
from iomconnector.model.availability import ReservationType
from iomconnector.model.baskets import BasketState
from iomconnector.model.customer_users import OrderOwner
from iomconnector.model.orders import Order
from iomconnector.ports.customer_orders import CustomerOrderQuery
from iomconnector.ports.inventory_service import InventoryRules
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import Mood
from iomconnector.testing.samples import CHANNEL, OTHER_CHANNEL, sample_product

SHOP, OTHER_SHOP = f"/shop/{CHANNEL}", f"/shop/{OTHER_CHANNEL}"
LOCAL = InventoryRules(keep=timedelta(0), check_locally_on_failure=True)
PARTLY = InventoryRules(keep=timedelta(0), reservation_type=ReservationType.PARTLY)
FILLED_IN = {
    "invoice_first_name": "Patricia",
    "invoice_last_name": "Miller",
    "invoice_street": "Steinweg",
    "invoice_street_number": "10",
    "invoice_postal_code": "07743",
    "invoice_city": "Jena",
    "invoice_country": "DE",
    "elsewhere": "no",
    "payment": "ISH_INVOICE",
}


async def put(guest: Guest, sku: str, quantity: int, shop: str = SHOP) -> None:
    """Put something into the cart."""
    token = (await guest.get(f"{shop}/cart")).hidden["csrf_token"]
    fields = {"csrf_token": token, "sku": sku, "quantity": str(quantity)}
    assert (await guest.post(f"{shop}/cart/add", fields)).status == 303


async def form_of(guest: Guest, shop: str = SHOP, **fields: str) -> dict[str, str]:
    """The form of the checkout, filled in."""
    page = await guest.get(f"{shop}/checkout")
    assert page.status == 200, page
    return {**page.hidden, **FILLED_IN, **fields}


async def order(guest: Guest, shop: str = SHOP, **fields: str) -> Page:
    """Fill the form in and send it."""
    return await guest.post(f"{shop}/checkout", await form_of(guest, shop, **fields))


async def orders_of(stage: Stage, user: Any = PATRICIA) -> list[Order]:
    """The orders of a user."""
    found = await stage.application.customer_orders.page(OrderOwner.of(user), CustomerOrderQuery())
    return [each.placed.order for each in found.orders]


async def available(stage: Stage, selling: Selling) -> Mapping[str, int]:
    """How many pieces can be bought."""
    return {sku: selling.inventory.available(sku) for sku in selling.inventory.stock}


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
        assert (await available(stage, selling))["MUG"] == 18
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
        assert (await available(stage, selling))["MUG"] == 18


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
        assert (await available(stage, selling))["MUG"] == 18
        assert await selling.baskets.current(CHANNEL, "patricia") is None


@pytest.mark.parametrize("rules", [InventoryRules(keep=timedelta(0)), PARTLY], ids=["all", "partly"])
@in_event_loop
async def test_where_there_is_not_enough_it_is_said_of_what_and_nothing_is_held(
    tmp_path: Path, rules: InventoryRules
) -> None:
    selling = Selling(rules)
    async with open_selling_stage(tmp_path, selling) as stage:
        patricia = await stage.customer("patricia")
        await put(patricia, "MUG", 2)
        await put(patricia, "TEA/1 ü", 3)
        form = await form_of(patricia)
        await selling.inventory.put("TEA/1 ü", 1)
        answer = await patricia.post(f"{SHOP}/checkout", form)
        assert answer.status == 409
        assert "Of Green tea there are only 1. Nothing was ordered." in answer.text
        assert 'value="Steinweg"' in answer.html
        assert await orders_of(stage) == []
        assert await available(stage, selling) == {"MUG": 20, "TEA/1 ü": 1, "POT": 0, "DESK": 5}
        await selling.inventory.put("TEA/1 ü", 3)
        assert (await patricia.post(f"{SHOP}/checkout", form)).status == 303


@pytest.mark.parametrize("mood", [Mood.DOWN, Mood.FAILING, Mood.GARBLING, Mood.THROTTLING, Mood.FORBIDDING])
@in_event_loop
async def test_while_the_service_is_away_nothing_is_ordered_and_the_cart_is_kept(
    tmp_path: Path, mood: Mood
) -> None:
    selling = Selling()
    async with open_selling_stage(tmp_path, selling) as stage:
        patricia = await stage.customer("patricia")
        await put(patricia, "MUG", 2)
        form = await form_of(patricia)
        selling.inventory.mood = mood
        answer = await patricia.post(f"{SHOP}/checkout", form)
        assert (answer.status, "Ordering is not possible at the moment" in answer.text) == (503, True), answer
        assert await orders_of(stage) == []
        assert "2 × €11.90" in (await patricia.get(f"{SHOP}/cart")).text
        selling.inventory.mood = Mood.ACCEPTING
        assert (await patricia.post(f"{SHOP}/checkout", form)).status == 303


@in_event_loop
async def test_the_own_stock_checks_in_its_place_where_it_is_configured_and_the_order_says_so(
    tmp_path: Path,
) -> None:
    selling = Selling(LOCAL)
    async with open_selling_stage(tmp_path, selling) as stage:
        patricia = await stage.customer("patricia")
        await put(patricia, "MUG", 2)
        form = await form_of(patricia)
        selling.inventory.mood = Mood.DOWN
        assert (await patricia.post(f"{SHOP}/checkout", form)).status == 503
        selling.local = {"MUG": 1}
        short = await patricia.post(f"{SHOP}/checkout", form)
        assert (short.status, "Of Blue mug there are only 1." in short.text) == (409, True)
        selling.local = {"MUG": 2}
        assert (await patricia.post(f"{SHOP}/checkout", form)).status == 303
        [placed] = await orders_of(stage)
        assert placed.reservation_id is None
        assert placed.attributes == {"availability": {"checked_by": "local stock"}}


@in_event_loop
async def test_without_an_inventory_service_nothing_is_ordered(tmp_path: Path) -> None:
    async with open_selling_stage(tmp_path, Selling(), active=False) as stage:
        patricia = await stage.customer("patricia")
        await put(patricia, "MUG", 2)
        answer = await order(patricia)
        assert (answer.status, "Ordering is not possible at the moment" in answer.text) == (503, True)


@in_event_loop
async def test_what_changed_since_the_buyer_saw_it_is_shown_first(tmp_path: Path) -> None:
    selling = Selling()
    async with open_selling_stage(tmp_path, selling) as stage:
        patricia = await stage.customer("patricia")
        await put(patricia, "MUG", 2)
        form = await form_of(patricia)
        dearer = sample_product("MUG", names={"en": "Blue mug"}, net={"amount": "12", "currency": "EUR"})
        await selling.catalog.put(CHANNEL, [dearer])
        answer = await patricia.post(f"{SHOP}/checkout", form)
        assert answer.status == 409
        assert "The cart or a price was changed meanwhile" in answer.text
        assert "€28.56" in answer.text
        await put(patricia, "TEA/1 ü", 1)
        answer = await patricia.post(f"{SHOP}/checkout", {**form, "seen": answer.hidden["seen"]})
        assert answer.status == 409
        assert await orders_of(stage) == []
        answer = await patricia.post(f"{SHOP}/checkout", {**form, "seen": answer.hidden["seen"]})
        assert answer.status == 303
        [placed] = await orders_of(stage)
        assert str(placed.total.to_pay) == "39.26 EUR"


@in_event_loop
async def test_what_is_not_sold_any_more_leads_back_to_the_cart(tmp_path: Path) -> None:
    selling = Selling()
    async with open_selling_stage(tmp_path, selling) as stage:
        patricia = await stage.customer("patricia")
        assert (await patricia.get(f"{SHOP}/checkout")).location == f"{SHOP}/cart"
        await put(patricia, "MUG", 2)
        form = await form_of(patricia)
        selling.catalog.remove(CHANNEL, "MUG")
        for answer in (await patricia.post(f"{SHOP}/checkout", form), await patricia.get(f"{SHOP}/checkout")):
            assert (answer.status, answer.location) == (303, f"{SHOP}/cart")
        assert await orders_of(stage) == []


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("invoice_last_name", "", "Please fill this in."),
        ("invoice_last_name", " \t ", "Please fill this in."),
        ("invoice_city", "", "Please fill this in."),
        ("invoice_street", "x" * 101, "This is too long."),
        ("invoice_city", "Je\x07na", "There is a character in it that cannot be read."),
        ("invoice_country", "", "Please fill this in."),
        ("invoice_country", "XX", "Please choose one of them."),
        ("invoice_country", "germany", "Please choose one of them."),
        ("payment", "", "Please choose one of them."),
        ("payment", "ISH_GIFTCARD", "Please choose one of them."),
        ("message", "x" * 501, "This is too long."),
        ("elsewhere", "yes", "Please fill this in."),
    ],
)
@in_event_loop
async def test_what_is_filled_in_wrongly_is_said_beside_the_field(
    tmp_path: Path, field: str, value: str, message: str
) -> None:
    async with open_selling_stage(tmp_path, Selling()) as stage:
        patricia = await stage.customer("patricia")
        await put(patricia, "MUG", 1)
        answer = await order(patricia, **{field: value})
        assert answer.status == 422
        assert message in answer.text
        assert "Something is missing or wrong" in answer.text
        assert 'value="Steinweg"' in answer.html or field == "invoice_street"
        assert await orders_of(stage) == []


@in_event_loop
async def test_nobody_orders_or_sees_the_cart_of_somebody_else(tmp_path: Path) -> None:
    selling = Selling()
    async with open_selling_stage(tmp_path, selling) as stage:
        patricia, linus = await stage.customer("patricia"), await stage.customer("linus")
        elsewhere = await stage.customer("patricia", OTHER_CHANNEL)
        await put(patricia, "MUG", 2)
        await put(linus, "MUG", 1)
        form = await form_of(patricia)
        token = {"csrf_token": (await linus.get(f"{SHOP}/cart")).hidden["csrf_token"]}
        assert (await linus.post(f"{SHOP}/checkout", {**form, **token})).location == f"{SHOP}/cart"
        assert (await linus.post(f"{SHOP}/checkout/finish", {**form, **token})).location == f"{SHOP}/cart"
        assert await orders_of(stage) == []
        done = (await patricia.post(f"{SHOP}/checkout", form)).location
        assert (await patricia.get(done)).status == 200
        for guest, path in (
            (linus, done),
            (elsewhere, done.replace(CHANNEL, OTHER_CHANNEL)),
            (patricia, f"{SHOP}/checkout/done/none"),
            (patricia, f"{SHOP}/checkout/done/%00"),
        ):
            assert (await guest.get(path)).status == 404, path
        basket = await selling.baskets.current(CHANNEL, "linus")
        assert basket is not None
        assert basket.state is BasketState.OPEN


@in_event_loop
async def test_a_form_without_the_token_of_its_session_orders_nothing(tmp_path: Path) -> None:
    async with open_selling_stage(tmp_path, Selling()) as stage:
        patricia, linus = await stage.customer("patricia"), await stage.customer("linus")
        await put(patricia, "MUG", 2)
        form = await form_of(patricia)
        foreign = (await linus.get(f"{SHOP}/cart")).hidden["csrf_token"]
        for token in ("", foreign):
            for path in ("checkout", "checkout/finish"):
                answer = await patricia.post(f"{SHOP}/{path}", {**form, "csrf_token": token})
                assert answer.status == 403
        assert await orders_of(stage) == []
