"""Country codes: shops mostly write two letters, IOM wants three.

IOM takes ISO 3166-1 alpha-3 in every address. [iom-api 6, no. 10] The codes come from the iso-codes project
through pycountry: the 249 that are assigned today, each with exactly one code of either length.
"""

from collections.abc import Mapping
from functools import cache

import pycountry

from ac_iomconnector_common.errors import UnknownCountryError


@cache
def _alpha3_by_alpha2() -> Mapping[str, str]:
    return {country.alpha_2: country.alpha_3 for country in pycountry.countries}


@cache
def _alpha2_by_alpha3() -> Mapping[str, str]:
    return {alpha3: alpha2 for alpha2, alpha3 in _alpha3_by_alpha2().items()}


def to_alpha3(code: str) -> str:
    """The three-letter code of a country, as IOM wants it.

    Arguments:
        code: Two or three letters; case and surrounding blanks do not matter.

    Raises:
        UnknownCountryError: ISO 3166-1 does not assign that code.
    """
    tidy = _tidy(code)
    if tidy in _alpha2_by_alpha3():
        return tidy
    try:
        return _alpha3_by_alpha2()[tidy]
    except KeyError:
        raise _unknown(code) from None


def to_alpha2(code: str) -> str:
    """The two-letter code of a country, as shops write it.

    Arguments:
        code: Two or three letters; case and surrounding blanks do not matter.

    Raises:
        UnknownCountryError: ISO 3166-1 does not assign that code.
    """
    tidy = _tidy(code)
    if tidy in _alpha3_by_alpha2():
        return tidy
    try:
        return _alpha2_by_alpha3()[tidy]
    except KeyError:
        raise _unknown(code) from None


def _tidy(code: str) -> str:
    return code.strip().upper() if code.isascii() else code


def _unknown(code: str) -> UnknownCountryError:
    return UnknownCountryError(
        f"{code!r} is not a country code of ISO 3166-1.",
        hint="Correct the country of the address; IOM takes assigned codes only, for example DE or DEU.",
        country=code,
    )
