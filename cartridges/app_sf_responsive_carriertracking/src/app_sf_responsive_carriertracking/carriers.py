"""The pages of carriers where a parcel can be followed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote, urlsplit

NUMBER: Final = "{number}"
"""Stands in a template where the number of the parcel belongs."""

LONGEST_ADDRESS: Final = 2000
LONGEST_NUMBER: Final = 100

WELL_KNOWN: Final[Mapping[str, str]] = {
    "DHL": "https://www.dhl.de/de/privatkunden/pakete-empfangen/verfolgen.html?piececode={number}",
    "DHL Express": "https://www.dhl.com/global-en/home/tracking.html?tracking-id={number}",
    "UPS": "https://www.ups.com/track?tracknum={number}",
    "DPD": "https://tracking.dpd.de/parcelstatus?query={number}",
    "GLS": "https://gls-group.eu/EU/en/parcel-tracking?match={number}",
    "Hermes": "https://www.myhermes.de/empfangen/sendungsverfolgung/sendungsinformation#{number}",
    "FedEx": "https://www.fedex.com/fedextrack/?trknbr={number}",
    "USPS": "https://tools.usps.com/go/TrackConfirmAction?tLabels={number}",
}
"""Templates of carriers, by name. They are pages of others, who may move them: a channel can replace each."""

_WORD: Final = re.compile(r"[^\W_]+")
_UNSEEN: Final = re.compile(r"[\s\x00-\x1f\x7f\\\"<>^`{|}]")


def template_problem(template: str) -> str | None:
    """Why a template cannot be used, as a sentence; none where it can."""
    if template.count(NUMBER) != 1:
        return f"It must have {NUMBER} exactly once, where the number of the parcel belongs."
    before, _, after = template.partition(NUMBER)
    if _address_problem(before + "1" + after):
        return "It must be an address that begins with https://, without spaces, user name or password."
    split = urlsplit(template)
    if NUMBER in split.netloc or NUMBER in split.scheme:
        return f"{NUMBER} may stand behind the host name only."
    return None


def tracking_link(templates: Mapping[str, str], carrier: str, number: str, given: str = "") -> str | None:
    """Where a parcel can be followed; none where nobody knows it.

    Arguments:
        templates: Addresses by the name of the carrier, with :data:`NUMBER`; sound ones.
        carrier: The name of the carrier as the order management system writes it.
        number: The number of the parcel.
        given: An address that the order management system names; it is taken where it is a whole
            ``https`` address.
    """
    if given and not _address_problem(given):
        return given
    template = template_of(templates, carrier)
    bare = "".join(number.split())
    if template is None or len(bare) > LONGEST_NUMBER or not _WORD.search(bare):
        return None
    return template.replace(NUMBER, quote(bare, safe="", errors="replace"))


def template_of(templates: Mapping[str, str], carrier: str) -> str | None:
    """The template whose name is the carrier's, or stands as words in it; of several the longest name.

    ``DHL Paket`` is followed where ``DHL`` is, ``DHL Express`` where its own template leads.
    """
    words = _words(carrier)
    fitting = [name for name in templates if _stands_in(_words(name), words)]
    return templates[max(fitting, key=lambda name: (len(_words(name)), name))] if fitting else None


def _words(name: str) -> list[str]:
    return _WORD.findall(name.casefold())


def _stands_in(words: list[str], text: list[str]) -> bool:
    length = len(words)
    return bool(words) and any(
        text[start : start + length] == words for start in range(len(text) - length + 1)
    )


def _address_problem(address: str) -> bool:
    if not address.startswith("https://") or len(address) > LONGEST_ADDRESS or _UNSEEN.search(address):
        return True
    try:
        split = urlsplit(address)
        return not split.hostname or "@" in split.netloc or (split.port is not None and split.port < 1)
    except ValueError:
        return True
