"""The cart: what can be put in, what is refused, and that nobody touches that of somebody else."""

import asyncio
from pathlib import Path

import pytest

from app_sf_responsive.testing.selling import PRODUCTS, Selling, open_selling_stage
from app_sf_responsive.testing.stage import Guest, Page, open_stage
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import Mood
from iomconnector.testing.samples import CHANNEL, OTHER_CHANNEL, sample_product

SHOP, OTHER_SHOP = f"/shop/{CHANNEL}", f"/shop/{OTHER_CHANNEL}"


async def put(guest: Guest, sku: str, quantity: str = "1", shop: str = SHOP) -> Page:
    """Send the form of the page of a product."""
    token = (await guest.get(f"{shop}/cart")).hidden["csrf_token"]
    return await guest.post(f"{shop}/cart/add", {"csrf_token": token, "sku": sku, "quantity": quantity})


async def send(guest: Guest, what: str, **fields: str) -> Page:
    """Send a form of the cart."""
    token = (await guest.get(f"{SHOP}/cart")).hidden["csrf_token"]
    return await guest.post(f"{SHOP}/cart/{what}", {"csrf_token": token, **fields})


@in_event_loop
async def test_a_cart_is_filled_changed_and_emptied(tmp_path: Path) -> None:
    async with open_selling_stage(tmp_path, Selling()) as stage:
        patricia = await stage.customer("patricia")
        assert "Your cart is empty" in (await patricia.get(f"{SHOP}/cart")).text
        product = await patricia.get(f"{SHOP}/products/MUG")
        assert "Add to Cart" in product.text
        answer = await patricia.post(f"{SHOP}/cart/add", {**product.hidden, "quantity": "2"})
        assert (answer.status, answer.location) == (303, f"{SHOP}/cart?added=yes")
        await put(patricia, "TEA/1 ü", "3")
        await put(patricia, "MUG", "1")
        cart = await patricia.get(f"{SHOP}/cart?added=yes")
        for text in ("It is in your cart.", "€35.70", "€32.10", "Total €67.80", "Without tax €60.00"):
            assert text in cart.text, text
        assert "Cart 6 items in it" in cart.text
        assert (await send(patricia, "change", sku="MUG", quantity="1", seen="3")).status == 303
        assert (await send(patricia, "remove", sku="TEA/1 ü", seen="3")).status == 303
        cart = await patricia.get(f"{SHOP}/cart")
        assert "Total €11.90" in cart.text
        assert "Green tea" not in cart.text
        await send(patricia, "remove", sku="MUG", seen="1")
        assert "Your cart is empty" in (await patricia.get(f"{SHOP}/cart")).text


@pytest.mark.parametrize(
    ("sku", "quantity", "message"),
    [
        ("MUG", "0", "This is no quantity"),
        ("MUG", "-1", "This is no quantity"),
        ("MUG", "1.5", "This is no quantity"),
        ("MUG", "many", "This is no quantity"),
        ("MUG", "", "This is no quantity"),
        ("MUG", "٣", "This is no quantity"),
        ("MUG", "1" * 100, "This is no quantity"),
        ("MUG", "1000000000", "At most 9,999 pieces"),
        ("MUG", "10000", "At most 9,999 pieces"),
        ("NONE", "1", "This product is not sold here any more"),
        ("DESK", "1", "This product is not sold here any more"),
        ("", "1", "This product is not sold here any more"),
        ("<script>", "1", "This product is not sold here any more"),
        ("x" * 5000, "1", "This product is not sold here any more"),
    ],
)
@in_event_loop
async def test_what_cannot_be_put_in_is_refused_with_a_reason(
    tmp_path: Path, sku: str, quantity: str, message: str
) -> None:
    async with open_selling_stage(tmp_path, Selling()) as stage:
        patricia = await stage.customer("patricia")
        answer = await put(patricia, sku, quantity)
        assert answer.status == 422
        assert message in answer.text
        assert "Your cart is empty" in answer.text
        assert "<script>" not in answer.html


@in_event_loop
async def test_the_cart_has_limits(tmp_path: Path) -> None:
    selling = Selling()
    async with open_selling_stage(tmp_path, selling) as stage:
        await selling.catalog.put(CHANNEL, [sample_product(f"S-{number}") for number in range(101)])
        patricia = await stage.customer("patricia")
        assert (await put(patricia, "MUG", "9999")).status == 303
        more = await put(patricia, "MUG", "1")
        assert (more.status, "At most 9,999 pieces" in more.text) == (422, True)
        for number in range(99):
            assert (await put(patricia, f"S-{number}")).status == 303
        full = await put(patricia, "S-100")
        assert (full.status, "The cart is full" in full.text) == (422, True)


@in_event_loop
async def test_what_another_window_changed_is_not_overwritten(tmp_path: Path) -> None:
    async with open_selling_stage(tmp_path, Selling()) as stage:
        patricia = await stage.customer("patricia")
        await put(patricia, "MUG", "1")
        await put(patricia, "MUG", "1")
        for what, fields in (
            ("change", {"sku": "MUG", "quantity": "5", "seen": "1"}),
            ("change", {"sku": "MUG", "quantity": "5"}),
            ("change", {"sku": "TEA/1 ü", "quantity": "5", "seen": "1"}),
            ("remove", {"sku": "MUG", "seen": "1"}),
            ("remove", {"sku": "MUG", "seen": "x"}),
        ):
            answer = await send(patricia, what, **fields)
            assert answer.status == 409, (what, fields)
            assert "The cart or a price was changed meanwhile" in answer.text
            assert "2 × €11.90" in answer.text


@in_event_loop
async def test_two_windows_that_put_something_in_at_once_both_do(tmp_path: Path) -> None:
    async with open_selling_stage(tmp_path, Selling()) as stage:
        patricia = await stage.customer("patricia")
        answers = await asyncio.gather(*(put(patricia, "MUG") for _ in range(10)))
        assert {each.status for each in answers} == {303}
        assert "10 × €11.90" in (await patricia.get(f"{SHOP}/cart")).text


@in_event_loop
async def test_everybody_has_a_cart_of_their_own_in_each_channel(tmp_path: Path) -> None:
    async with open_selling_stage(tmp_path, Selling()) as stage:
        patricia, linus = await stage.customer("patricia"), await stage.customer("linus")
        elsewhere = await stage.customer("patricia", OTHER_CHANNEL)
        await put(patricia, "MUG", "2")
        await put(elsewhere, "DESK", "1", OTHER_SHOP)
        assert "Your cart is empty" in (await linus.get(f"{SHOP}/cart")).text
        assert (await send(linus, "remove", sku="MUG", seen="2")).status == 303
        assert (await send(linus, "change", sku="MUG", quantity="1", seen="2")).status == 409
        assert "2 × €11.90" in (await patricia.get(f"{SHOP}/cart")).text
        cart = await elsewhere.get(f"{OTHER_SHOP}/cart")
        assert ("Desk" in cart.text, "Blue mug" in cart.text) == (True, False)


@in_event_loop
async def test_a_form_without_the_token_of_its_session_changes_nothing(tmp_path: Path) -> None:
    async with open_selling_stage(tmp_path, Selling()) as stage:
        patricia, linus = await stage.customer("patricia"), await stage.customer("linus")
        await put(patricia, "MUG", "2")
        foreign = (await linus.get(f"{SHOP}/cart")).hidden["csrf_token"]
        for token in ("", "x", foreign):
            for what in ("add", "change", "remove"):
                fields = {"csrf_token": token, "sku": "MUG", "quantity": "7", "seen": "2"}
                assert (await patricia.post(f"{SHOP}/cart/{what}", fields)).status == 403
        own = (await patricia.get(f"{SHOP}/cart")).hidden["csrf_token"]
        stolen = await patricia.post(
            f"{SHOP}/cart/add",
            {"csrf_token": own, "sku": "MUG"},
            origin="https://evil.example",
            **{"sec-fetch-site": "cross-site"},
        )
        assert stolen.status == 403
        assert "2 × €11.90" in (await patricia.get(f"{SHOP}/cart")).text


@in_event_loop
async def test_changes_of_prices_and_of_what_is_sold_are_shown(tmp_path: Path) -> None:
    selling = Selling()
    async with open_selling_stage(tmp_path, selling) as stage:
        patricia = await stage.customer("patricia")
        await put(patricia, "MUG", "1")
        await put(patricia, "TEA/1 ü", "1")
        dearer = sample_product("MUG", names={"en": "Blue mug"}, net={"amount": "12", "currency": "EUR"})
        await selling.catalog.put(CHANNEL, [dearer])
        cart = await patricia.get(f"{SHOP}/cart")
        assert "The price has changed: €14.28 in place of €11.90" in cart.text
        selling.catalog.remove(CHANNEL, "TEA/1 ü")
        cart = await patricia.get(f"{SHOP}/cart")
        assert "Item no. TEA/1 ü" in cart.text
        assert "Not sold any more" in cart.text
        assert f"{SHOP}/checkout" not in cart.links
        await send(patricia, "remove", sku="TEA/1 ü", seen="1")
        assert f"{SHOP}/checkout" in (await patricia.get(f"{SHOP}/cart")).links


@in_event_loop
async def test_what_there_is_too_little_of_cannot_go_to_checkout(tmp_path: Path) -> None:
    selling = Selling()
    async with open_selling_stage(tmp_path, selling) as stage:
        patricia = await stage.customer("patricia")
        await put(patricia, "TEA/1 ü", "4")
        cart = await patricia.get(f"{SHOP}/cart")
        assert "There is not enough of something" in cart.text
        assert "Only 3 left" in cart.text
        assert f"{SHOP}/checkout" not in cart.links
        selling.inventory.mood = Mood.DOWN
        cart = await patricia.get(f"{SHOP}/cart")
        assert "Availability not known" in cart.text
        assert f"{SHOP}/checkout" in cart.links


@in_event_loop
async def test_a_guest_is_led_to_the_sign_in_and_back_to_the_product(tmp_path: Path) -> None:
    async with open_selling_stage(tmp_path, Selling()) as stage:
        guest = await stage.guest()
        page = await guest.get(f"{SHOP}/products/MUG")
        assert "Add to Cart" not in page.text
        [way] = [link for link in page.links if "sign-in?next" in link]
        form = await guest.get(way)
        back = await guest.post(
            f"{SHOP}/sign-in", {**form.hidden, "login": "patricia", "password": "a horse that reads"}
        )
        assert back.location == f"{SHOP}/products/MUG"
        assert "Add to Cart" in (await guest.get(back.location)).text


@in_event_loop
async def test_a_shop_in_which_nothing_can_be_bought_has_no_cart(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        patricia = await stage.customer("patricia")
        assert (await patricia.get(f"{SHOP}/cart")).status == 404
        assert f"{SHOP}/cart" not in (await patricia.get(f"{SHOP}/account")).links


def test_the_sample_products_have_what_the_tests_say() -> None:
    assert [str(each.gross) for each in PRODUCTS] == ["11.9 EUR", "10.7 EUR", "39.66 EUR"]
