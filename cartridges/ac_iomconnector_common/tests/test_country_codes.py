"""Country codes of two and three letters."""

import pycountry
import pytest
from babel.core import get_global
from hypothesis import given
from hypothesis import strategies as st

from ac_iomconnector_common.countries import to_alpha2, to_alpha3
from ac_iomconnector_common.errors import IomError, UnknownCountryError

PAIRS = [(country.alpha_2, country.alpha_3) for country in pycountry.countries]


def test_all_assigned_codes_are_known() -> None:
    assert len(PAIRS) == 249
    assert len({two for two, _ in PAIRS}) == len({three for _, three in PAIRS}) == 249


@pytest.mark.parametrize(("two", "three"), PAIRS)
def test_both_lengths_lead_to_each_other(two: str, three: str) -> None:
    assert to_alpha3(two) == to_alpha3(three) == three
    assert to_alpha2(three) == to_alpha2(two) == two


def test_a_second_source_agrees() -> None:
    aliases = get_global("territory_aliases")
    assert [three for two, three in PAIRS if aliases[three] != [two]] == []


@pytest.mark.parametrize(
    ("code", "three"), [("DE", "DEU"), ("de", "DEU"), (" us ", "USA"), ("gbr", "GBR"), ("CH", "CHE")]
)
def test_case_and_blanks_do_not_matter(code: str, three: str) -> None:
    assert to_alpha3(code) == three
    assert to_alpha3(to_alpha2(code)) == three


@pytest.mark.parametrize("code", ["", "X", "XX", "UK", "EU", "XK", "DDR", "Germany", "276", "ß"])
def test_other_codes_are_refused_by_name(code: str) -> None:
    for convert in (to_alpha2, to_alpha3):
        with pytest.raises(UnknownCountryError, match="is not a country code of ISO 3166-1") as caught:
            convert(code)
        assert repr(code) in str(caught.value)
        assert isinstance(caught.value, IomError)


@given(st.text(max_size=5))
def test_any_text_is_a_code_or_refused(code: str) -> None:
    try:
        assert to_alpha2(to_alpha3(code)) == to_alpha2(code)
    except UnknownCountryError:
        assert not code.isascii() or code.strip().upper() not in {known for pair in PAIRS for known in pair}
