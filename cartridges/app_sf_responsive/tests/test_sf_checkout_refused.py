"""Checkout where nothing is ordered: too little is there, nobody can say it, mistakes, and other people."""

from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from app_sf_responsive.testing.buying import SHOP, available, form_of, order, orders_of, put
from app_sf_responsive.testing.selling import Selling, open_selling_stage
from iomconnector.model.availability import ReservationType
from iomconnector.model.baskets import BasketState
from iomconnector.ports.inventory_service import InventoryRules, ReservationRefusedError
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import Mood
from iomconnector.testing.samples import CHANNEL, OTHER_CHANNEL, sample_product

LOCAL = InventoryRules(keep=timedelta(0), check_locally_on_failure=True)
PARTLY = InventoryRules(keep=timedelta(0), reservation_type=ReservationType.PARTLY)


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
        assert "Green tea: only 1 left. Nothing was ordered." in answer.text
        assert 'value="Steinweg"' in answer.html
        assert await orders_of(stage) == []
        assert available(selling) == {"MUG": 20, "TEA/1 ü": 1, "POT": 0, "DESK": 5}
        await selling.inventory.put("TEA/1 ü", 3)
        assert (await patricia.post(f"{SHOP}/checkout", form)).status == 303


@in_event_loop
async def test_a_refusal_that_names_no_product_is_not_told_as_too_few(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise ReservationRefusedError("The shop is not known here.")

    selling = Selling()
    async with open_selling_stage(tmp_path, selling) as stage:
        patricia = await stage.customer("patricia")
        await put(patricia, "MUG", 2)
        form = await form_of(patricia)
        monkeypatch.setattr(selling.inventory, "make", refuse)
        answer = await patricia.post(f"{SHOP}/checkout", form)
        assert (answer.status, "Ordering is not possible at the moment" in answer.text) == (503, True), answer
        assert await orders_of(stage) == []


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
        assert (short.status, "Blue mug: only 1 left." in short.text) == (409, True)
        selling.local = {"MUG": 2}
        with capture_logs() as logs:
            assert (await patricia.post(f"{SHOP}/checkout", form)).status == 303
        [placed] = await orders_of(stage)
        assert placed.reservation_id is None
        [told] = [each["order"] for each in logs if each["event"] == "an order without reservation"]
        assert told == placed.number
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
        ("invoice_last_name", "Miller\nSmith", "There is a character in it that cannot be read."),
        ("reference", "PO 1\nPO 2", "There is a character in it that cannot be read."),
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
