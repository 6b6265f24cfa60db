"""Where parcels can be followed."""

from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from app_sf_responsive_carriertracking.carriers import (
    NUMBER,
    WELL_KNOWN,
    template_of,
    template_problem,
    tracking_link,
)
from app_sf_responsive_carriertracking.tracking_service import (
    DEFAULT,
    CarrierTrackingSettings,
    ConfiguredCarrierTracking,
)

_nasty = st.text(max_size=40) | st.sampled_from(
    [
        "..",
        "../../x",
        "1&to=2",
        "1#x",
        "1?x",
        "//evil.example",
        "@evil.example",
        '"><script>',
        "1\r\nX: y",
        "%2e%2e",
    ]
)


@pytest.mark.parametrize("name", WELL_KNOWN)
def test_well_known_templates_are_sound(name: str) -> None:
    assert template_problem(WELL_KNOWN[name]) is None


@pytest.mark.parametrize(
    ("carrier", "name"),
    [
        ("DHL", "DHL"),
        ("dhl paket", "DHL"),
        ("Deutsche Post DHL", "DHL"),
        ("DHL-Express worldwide", "DHL Express"),
        ("ups", "UPS"),
        ("FedEx", "FedEx"),
        ("UPSILON", None),
        ("", None),
        ("Acme", None),
    ],
)
def test_a_carrier_is_meant_when_its_name_stands_there_as_words(carrier: str, name: str | None) -> None:
    assert template_of(WELL_KNOWN, carrier) == (WELL_KNOWN[name] if name else None)


@given(number=_nasty, carrier=st.sampled_from(sorted(WELL_KNOWN)))
def test_no_number_breaks_out_of_the_address(number: str, carrier: str) -> None:
    link = tracking_link(WELL_KNOWN, carrier, number)
    template = WELL_KNOWN[carrier]
    if link is None:
        assert not any(each.isalnum() for each in number) or len(number) > 100
        return
    before, _, after = template.partition(NUMBER)
    assert link.startswith(before)
    assert link.endswith(after)
    shown = link.removeprefix(before).removesuffix(after)
    assert not set(shown) & set("/?#&=@:\\\"'<> \r\n\t"), shown
    assert urlsplit(link).netloc == urlsplit(template).netloc
    assert urlsplit(link).path.count("/") == urlsplit(template).path.count("/")
    sendable = number.encode("utf-8", "replace").decode()
    assert unquote(shown) == "".join(sendable.split())


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_name_of_a_carrier_makes_an_address(carrier: str, number: str) -> None:
    link = DEFAULT.link(carrier, number)
    assert link is None or link.startswith(tuple(each.partition(NUMBER)[0] for each in WELL_KNOWN.values()))


@pytest.mark.parametrize(
    ("given_link", "shown"),
    [
        ("https://track.example.com/x?n=1", True),
        ("http://track.example.com/x", False),
        ("javascript:alert(1)", False),
        ("https:evil", False),
        ("https://", False),
        ("https://user:secret@evil.example/", False),
        ("https://a.example/ x", False),
        ("https://a.example\\@evil.example/", False),
        ("https://a.example:99999/", False),
        ("https://[::1/", False),
        ("HTTPS://A.example/", False),
        (' https://a.example/"><b>', False),
    ],
)
def test_a_given_address_is_shown_only_if_it_is_a_whole_https_one(given_link: str, shown: bool) -> None:
    assert tracking_link({}, "Acme", "1", given_link) == (given_link if shown else None)
    assert (
        ConfiguredCarrierTracking(CarrierTrackingSettings(trust_given_links=False)).link(
            "Acme", "1", given_link
        )
        is None
    )


@given(st.text(max_size=80))
def test_whatever_is_given_is_https_or_nothing(text: str) -> None:
    for each in (text, f"https://{text}", f"https://a.example/{text}"):
        link = tracking_link({}, "", "", each)
        assert link is None or (urlsplit(link).scheme == "https" and urlsplit(link).hostname)


def test_a_channel_adds_replaces_and_removes_carriers() -> None:
    own = {
        "Acme Parcel": "https://p.example.com/{number}",
        "dhl": "https://dhl.example.com/{number}",
        "UPS": "",
    }
    carriers = ConfiguredCarrierTracking(CarrierTrackingSettings(templates=own))
    assert carriers.link("ACME parcel", "1 2") == "https://p.example.com/12"
    assert carriers.link("DHL", "1") == "https://dhl.example.com/1"
    assert carriers.link("UPS", "1") is None
    assert carriers.link("GLS", "1") == DEFAULT.link("GLS", "1") != None  # noqa: E711


@pytest.mark.parametrize(
    ("template", "told"),
    [
        ("https://a.example/", "exactly once"),
        ("https://a.example/{number}/{number}", "exactly once"),
        ("http://a.example/{number}", "begins with https://"),
        ("https://{number}.example/", "behind the host name"),
        ("https://user@a.example/{number}", "user name"),
        ("javascript:{number}", "begins with https://"),
    ],
)
def test_a_template_that_cannot_be_used_is_refused(template: str, told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        CarrierTrackingSettings(templates={"Acme": template})
