"""Parcels, over positions and suppliers, and the panel that shows them."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app_sf_responsive import cartridge as storefront
from app_sf_responsive.languages import Language
from app_sf_responsive.order_page import order_page
from app_sf_responsive.testing.messages import catalog_problems
from app_sf_responsive.testing.samples import SHIPPED, sample_customer, sample_state, sample_view
from app_sf_responsive_carriertracking import cartridge
from app_sf_responsive_carriertracking.parcels import parcels
from app_sf_responsive_carriertracking.parcels_panel import PAGES, FollowedParcel, parcels_panel
from app_sf_responsive_carriertracking.tracking_service import DEFAULT
from iomconnector.application import Application
from iomconnector.model.order_states import PositionState
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.samples import CHANNEL, CONTEXTS, NOON, sample_order

MakeApplication = Callable[..., AbstractAsyncContextManager[Application]]

_texts = st.none() | st.sampled_from(["", "A", "B", " A "])
_dispatches = st.fixed_dictionaries(
    {
        "quantity": st.integers(0, 5),
        "at": st.integers(0, 3).map(lambda hours: NOON + timedelta(hours=hours)),
        "delivery_note": _texts,
        "carrier": _texts | st.just("DHL"),
        "packages": st.none() | st.integers(0, 3),
        "tracking": st.none() | st.fixed_dictionaries({"number": _texts.map(lambda text: text or "")}),
    }
)
_positions = st.lists(
    st.builds(
        PositionState,
        sku=st.sampled_from(["X", "Y"]),
        name=st.sampled_from(["Shoes", "Socks"]),
        status=st.just(SHIPPED),
        supplier=_texts,
        dispatches=st.lists(_dispatches, max_size=4).map(tuple),
    ),
    max_size=5,
)


def sent(sku: str, supplier: str, **dispatch: Any) -> PositionState:
    """A position of which a piece was sent."""
    return PositionState.model_validate(
        {
            "sku": sku, "name": sku, "status": SHIPPED, "supplier": supplier,
            "dispatches": [{"quantity": 1, "at": NOON, **dispatch}],
        }
    )  # fmt: skip


@given(_positions)
def test_every_piece_is_in_one_parcel(positions: list[PositionState]) -> None:
    found = parcels(positions)
    assert sum(each.pieces for each in found) == sum(each.dispatched_quantity for each in positions)
    assert [each.sent_at for each in found] == sorted((each.sent_at for each in found), reverse=True)
    numbered = [(each.carrier.casefold(), each.tracking_number) for each in found if each.tracking_number]
    assert len(set(numbered)) == len(numbered), "a tracking number of a carrier stands once"


def test_one_number_is_one_parcel_over_positions_and_suppliers() -> None:
    one = {"tracking": {"number": "00340"}, "carrier": "DHL"}
    found = parcels(
        [
            sent("X", "Jena", delivery_note="DN-1", packages=2, **one),
            sent("Y", "Hamburg", delivery_note="DN-2", packages=1, **one),
            sent("X", "Jena", delivery_note="DN-3"),
        ]
    )
    assert [(each.tracking_number, each.supplier, each.delivery_note, each.packages) for each in found] == [
        ("00340", "Jena, Hamburg", "DN-1, DN-2", 2),
        ("", "Jena", "DN-3", None),
    ]
    assert [content.sku for content in found[0].contents] == ["X", "Y"]


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "a":
            self.links.append(dict(attrs))


_nasty = st.text(st.characters(exclude_categories=["C"]), max_size=30) | st.sampled_from(
    ['"><script>alert(1)</script>', "' onclick='x", "<b>", "{{ 7*7 }}", "</ul>", "javascript:alert(1)"]
)


@given(number=_nasty, carrier=_nasty | st.just("DHL"), name=_nasty, note=_nasty, url=_nasty)
def test_nothing_breaks_out_of_the_page(number: str, carrier: str, name: str, note: str, url: str) -> None:
    tracking = {"number": number, "url": url}
    position = sent("X", name, delivery_note=note, carrier=carrier, tracking=tracking, serial_numbers=(name,))
    (parcel,) = parcels([position.model_copy(update={"name": name})])
    link = DEFAULT.link(parcel.carrier, parcel.tracking_number, parcel.url)
    html = PAGES.fragment(Language(), "parcels.html", parcels=[FollowedParcel(parcel, link)])
    found = _Tags()
    found.feed(str(html))
    assert set(found.tags) <= {"ul", "li", "div", "h3", "p", "time", "span", "dl", "dt", "dd", "a"}
    assert [each["href"] for each in found.links] == ([link] if link else [])
    assert all(str(each["rel"]).startswith("noopener") for each in found.links)


@in_event_loop
async def test_the_page_of_an_order_shows_its_parcels(application: MakeApplication) -> None:
    async with application(storefront, cartridge) as system:
        for context in CONTEXTS:
            await system.contexts.save(context)
        order = sample_order()
        assert await parcels_panel(sample_view(order), sample_customer(system)) is None
        position = sent(
            "X", "Jena", carrier="DHL Paket", tracking={"number": "0034 0434"}, delivery_note="DN-1"
        )
        view = sample_view(order, state=sample_state(order, positions=[position]))
        html = bytes((await order_page(view, sample_customer(system))).body).decode()
        assert "cannot be shown" not in html
        assert "verfolgen.html?piececode=00340434" in html
        assert "Your parcel" in html
        german = bytes((await order_page(view, sample_customer(system, Language("de")))).body).decode()
        assert "Sendung verfolgen" in german
        unknown = sent("X", "Jena", carrier="Acme", tracking={"number": "4711"})
        panel = await parcels_panel(
            sample_view(order, state=sample_state(order, positions=[unknown])), sample_customer(system)
        )
        assert panel is not None
        assert "4711" in panel.html
        assert "<a " not in panel.html
        own = {"templates": {"Acme": "https://parcels.example.com/{number}"}}
        await system.services.add(
            "carriers", definition="carrier-tracking", context=CHANNEL, values=own, by="tests"
        )
        panel = await parcels_panel(
            sample_view(order, state=sample_state(order, positions=[unknown])), sample_customer(system)
        )
        assert panel is not None
        assert 'href="https://parcels.example.com/4711"' in panel.html


def test_every_text_has_a_german_one() -> None:
    assert catalog_problems("app_sf_responsive_carriertracking") == []
