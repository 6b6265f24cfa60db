"""What a buyer fills in at checkout."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from app_sf_responsive.catalogs import translatable
from app_sf_responsive.languages import Language
from iomconnector.model.addresses import Contact, Person, StreetAddress
from iomconnector.model.customer_users import CustomerUser
from iomconnector.model.orders import Order
from iomconnector.usecases.basket_orders import CheckoutWish

PAYMENTS: Final = ("ISH_INVOICE", "ISH_CASH_ON_DELIVERY")
"""The payment services that need nothing but a choice; the first one is chosen at first."""

INVOICE: Final = "invoice"
SHIPPING: Final = "shipping"

LENGTHS: Final[Mapping[str, int]] = {
    "company_name": 50,
    "first_name": 50,
    "last_name": 50,
    "street": 100,
    "street_number": 20,
    "addition": 100,
    "postal_code": 25,
    "city": 100,
    "country": 2,
}
"""The fields of an address, and so many characters of each reach the order management system."""

REQUIRED: Final = ("last_name", "street", "postal_code", "city", "country")
OTHER_LENGTHS: Final[Mapping[str, int]] = {"reference": 50, "message": 500}
WITH_LINES: Final = ("message",)
"""What may have several lines; a line break elsewhere was typed into no page of ours."""

MISSING: Final = translatable("Please fill this in.")
TOO_LONG: Final = translatable("This is too long.")
UNREADABLE: Final = translatable("There is a character in it that cannot be read.")
UNKNOWN: Final = translatable("Please choose one of them.")


@dataclass(frozen=True, slots=True)
class CheckoutForm:
    """The fields of the form, as the reader filled them in.

    Arguments:
        texts: What stands in them, by name: fields of the addresses begin with ``invoice_`` or ``shipping_``.
        elsewhere: Whether the goods go to another address than the invoice.
        errors: What is wrong, by name; messages in English.
    """

    texts: Mapping[str, str]
    elsewhere: bool = False
    errors: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, fields: Mapping[str, str]) -> CheckoutForm:
        """What was sent, with what is wrong with it."""
        elsewhere = fields.get("elsewhere") == "yes"
        names = [f"{place}_{name}" for place in (INVOICE, SHIPPING) for name in LENGTHS]
        texts = {name: fields.get(name, "").strip() for name in (*names, "payment")}
        for name in OTHER_LENGTHS:
            texts[name] = fields.get(name, "").replace("\r\n", "\n").strip()
        errors: dict[str, str] = {}
        for place in (INVOICE, SHIPPING) if elsewhere else (INVOICE,):
            for name, longest in LENGTHS.items():
                text = texts[f"{place}_{name}"]
                wrong = _wrong(text, longest, required=name in REQUIRED)
                if text and name == "country" and text not in country_codes():
                    wrong = UNKNOWN
                if wrong:
                    errors[f"{place}_{name}"] = wrong
        for name, longest in OTHER_LENGTHS.items():
            if wrong := _wrong(texts[name], longest, required=False, lines=name in WITH_LINES):
                errors[name] = wrong
        if texts["payment"] not in PAYMENTS:
            errors["payment"] = UNKNOWN
        return cls(texts, elsewhere, errors)

    @classmethod
    def for_user(cls, user: CustomerUser, last: Order | None) -> CheckoutForm:
        """What is proposed: the addresses and the payment of the last order, else what is known of the user.

        Arguments:
            user: Who buys.
            last: The latest order of that user; none where there is none.
        """
        texts = {f"{INVOICE}_{name}": text for name, text in _known(user).items()}
        elsewhere = False
        if last is not None and isinstance(last.invoice_address, StreetAddress):
            texts |= _fields_of(last.invoice_address, INVOICE)
            target = last.shipping_buckets[0].address
            if isinstance(target, StreetAddress):
                shipping = _fields_of(target, SHIPPING)
                elsewhere = list(shipping.values()) != list(_fields_of(last.invoice_address, "").values())
                texts |= shipping if elsewhere else {}
        paid = last.payments[0].service_id if last is not None else ""
        texts["payment"] = paid if paid in PAYMENTS else PAYMENTS[0]
        return cls(texts, elsewhere)

    def text(self, name: str) -> str:
        """What stands in a field."""
        return self.texts.get(name, "")

    def wish(self, user: CustomerUser, language: Language) -> CheckoutWish:
        """What an order is made of; there must be no errors."""
        invoice = self._address(INVOICE, user)
        return CheckoutWish(
            invoice_address=invoice,
            shipping_address=self._address(SHIPPING, user) if self.elsewhere else invoice,
            payment=self.text("payment"),
            customer_order_number=self.text("reference") or None,
            message=self.text("message") or None,
            language=language.code,
        )

    def _address(self, place: str, user: CustomerUser) -> StreetAddress:
        texts = {name: self.text(f"{place}_{name}") for name in LENGTHS}
        return StreetAddress(
            type="street",
            company_name=texts["company_name"] or None,
            person=Person(first_name=texts["first_name"] or None, last_name=texts["last_name"]),
            contact=Contact(email=user.email or None),
            street=texts["street"],
            street_number=texts["street_number"] or None,
            additional_lines=(texts["addition"],) if texts["addition"] else (),
            postal_code=texts["postal_code"],
            city=texts["city"],
            country_code=texts["country"],
        )


@cache
def country_codes() -> frozenset[str]:
    """The countries that can be chosen: those of ISO 3166, by their two letters."""
    import pycountry

    return frozenset(country.alpha_2 for country in pycountry.countries)


@cache
def countries(language: Language) -> tuple[tuple[str, str], ...]:
    """The codes and names of the countries, by their names."""
    named = [(code, language.country(code)) for code in country_codes()]
    return tuple(sorted(named, key=lambda each: each[1].casefold()))


def _wrong(text: str, longest: int, *, required: bool, lines: bool = False) -> str:
    if not text:
        return MISSING if required else ""
    if len(text) > longest:
        return TOO_LONG
    return "" if (text.replace("\n", "") if lines else text).isprintable() else UNREADABLE


def _known(user: CustomerUser) -> dict[str, str]:
    return {
        "company_name": user.company,
        "first_name": user.first_name,
        "last_name": user.last_name,
    }


def _fields_of(address: StreetAddress, place: str) -> dict[str, str]:
    person = address.person
    texts = {
        "company_name": address.company_name,
        "first_name": person.first_name if person else None,
        "last_name": person.last_name if person else None,
        "street": address.street,
        "street_number": address.street_number,
        "addition": " / ".join(address.additional_lines),
        "postal_code": address.postal_code,
        "city": address.city,
        "country": _alpha_2(address.country_code),
    }
    return {f"{place}_{name}": (text or "")[: LENGTHS[name]] for name, text in texts.items()}


def _alpha_2(code: str) -> str:
    import pycountry

    found = pycountry.countries.get(alpha_3=code) if len(code) == 3 else None
    return found.alpha_2 if found else code
