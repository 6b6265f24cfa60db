"""Hypothesis strategies for the parts of a valid order document, from the contract alone. [iom-api 1.1, 6]"""

from decimal import Decimal
from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ac_iomconnector_order_test.limits import lengths
from ac_iomconnector_order_test.wire_values import (
    Json,
    countries,
    emails,
    moments,
    money,
    part,
    some,
    text,
    texts,
)

_TAX_TYPES: Final = ("FullTax", "ReducedTax", "SolidarityTax", "NORMAL_TAX", "消費税", "T" * 512)
_DELIVERY_OPTIONS: Final = ("DELIVERY_ON_ISLAND", "GIFT_WRAP", "Lieferung frei Bordsteinkante")


def limited(kind: str, version: str, *names: str) -> Json:
    """Text strategies for members of a schema by the length limits of the version."""
    limits = lengths(version).get(kind, {})
    return {name: text(*limits[name]) if name in limits else text() for name in names}


def taxes(version: str) -> SearchStrategy[list[Json]]:
    """One to three taxes, each type once; with rate and location from version 2.1."""
    optional: Json = {}
    if version >= "2.1":
        optional["rate"] = st.integers(0, 3_000_000).map(lambda units: Decimal(units).scaleb(-5))
        optional["location"] = st.one_of(countries(), text(*lengths(version)["Tax"]["location"]))
    tax = part({"type": st.sampled_from(_TAX_TYPES), "amount": money()}, optional)
    return st.lists(tax, min_size=1, max_size=3, unique_by=lambda entry: str(entry["type"]))


def promotions(version: str) -> SearchStrategy[list[Json]]:
    """Promotions with net within gross and two decimals."""

    def priced(promotion: Json, net: Decimal, tax: Decimal) -> Json:
        return {**promotion, "netValue": net, "grossValue": net + tax}

    promotion = part(
        {
            "promotionValueType": st.sampled_from(["PERCENTAGE", "FIXED"]),
            "promotionValue": st.integers(0, 10_000).map(lambda units: Decimal(units).scaleb(-2)),
            **limited("Promotion", version, "id", "name", "descriptorId"),
        },
        limited("Promotion", version, "code", "budgetSourceId"),
    )
    return some(st.builds(priced, promotion, money(), money()), 2)


def net_and_gross(*, decimals: int = 2, list_price: bool = False, both: bool = False) -> SearchStrategy[Json]:
    """``net`` and ``gross`` (at least one of them), net within gross, discounted within undiscounted."""

    def prices(net: int, tax: int, net_share: int, gross_share: int, shape: str, listed: bool) -> Json:
        gross = net + tax
        net_discounted = net * net_share // 100
        gross_discounted = net_discounted + (gross - net_discounted) * gross_share // 100
        holder: Json = {}
        if shape != "gross":
            holder["net"] = price(net, net_discounted, listed)
        if shape != "net":
            holder["gross"] = price(gross, gross_discounted, listed)
        return holder

    def price(amount: int, discounted: int, listed: bool) -> Json:
        members = {"amount": Decimal(amount).scaleb(-decimals)}
        if amount != discounted:
            members["amountDiscounted"] = Decimal(discounted).scaleb(-decimals)
        if listed:
            members["listPrice"] = Decimal(amount + 1).scaleb(-decimals)
        return members

    share = st.sampled_from([0, 10, 55, 99, 100])
    shapes = st.just("both") if both else st.sampled_from(["both", "net", "gross"])
    units = st.integers(0, 10**9)
    return st.builds(
        prices, units, units, share, share, shapes, st.booleans() if list_price else st.just(False)
    )


def sum_prices(version: str) -> SearchStrategy[Json]:
    """SumPrice."""
    return st.builds(
        lambda prices, rest: {**prices, **rest},
        net_and_gross(),
        part({"taxes": taxes(version)}, {"promotions": promotions(version)}),
    )


def total_prices(version: str) -> SearchStrategy[Json]:
    """TotalPrice."""
    return st.builds(
        lambda prices, rest: {**prices, **rest}, net_and_gross(), part({"taxes": taxes(version)})
    )


def charges(version: str) -> SearchStrategy[Json]:
    """Charge with both prices, still without its number."""
    return st.builds(
        lambda prices, rest: {**rest, **prices},
        net_and_gross(both=True),
        part(
            {"type": st.one_of(st.just("DELIVERYCHARGE"), text(1)), "taxes": taxes(version)},
            {"promotions": promotions(version)},
        ),
    )


def locations(version: str, *, packstation: bool) -> SearchStrategy[Json]:
    """An address location of any type that is allowed."""
    common: Json = {**limited("AddressLocation", version, "city", "postCode"), "countryCode": countries()}
    district = limited("AddressLocation", version, "district")

    def of_type(name: str, required: list[str], optional: list[str], additions: int) -> SearchStrategy[Json]:
        return part(
            {"type": st.just(name), **common, **limited(name, version, *required)},
            {
                **district,
                **limited(name, version, *optional),
                "additions": st.lists(text(), max_size=additions),
            },
        )

    kinds = [
        of_type("AddressLocationStreet", ["street"], ["streetNumber"], 3),
        of_type("AddressLocationPOBox", ["postBox"], [], 3),
    ]
    if packstation:
        kinds.append(of_type("AddressLocationPackstation", ["userId", "stationNumber"], [], 2))
    return st.one_of(kinds)


def addresses(version: str, *, packstation: bool) -> SearchStrategy[Json]:
    """An invoice address, or a shipping address, which may be a packing station."""
    limits = lengths(version)
    person = part(
        limited("Person", version, "lastName"), limited("Person", version, "salutation", "title", "firstName")
    )
    company = text(1, limits.get("AddressReceiver", {}).get("companyName", (0, None))[1])
    receiver = st.one_of(
        part({"addressReceiverType": st.just("PERSON"), "person": person}, {"companyName": company}),
        part({"addressReceiverType": st.just("COMPANY"), "companyName": company}, {"person": person}),
    )
    email = emails(limits["Contact"].get("email", (0, None))[1])
    contact = part({"email": email}, limited("Contact", version, "phone", "mobile", "fax"))
    return part(
        {"location": locations(version, packstation=packstation), "receiver": receiver}, {"contact": contact}
    )


def customers(version: str) -> SearchStrategy[Json]:
    """CustomerData of a person or of a company."""
    members = [item for item in lengths(version)["CompanyData"].items() if item[0] != "companyName"]
    company = part(limited("CompanyData", version, "companyName"), texts(members))
    optional = limited("CustomerData", version, "orderNumber", "shopCustomerNumber")
    return st.one_of(
        part({"customerDataType": st.just("PERSON")}, optional),
        part({"customerDataType": st.just("COMPANY"), "companyData": company}, optional),
    )


def shippings() -> SearchStrategy[Json]:
    """Shipping with a delivery date of every type."""
    date = st.one_of(
        part({"deliveryDateType": st.just("STANDARD")}, {"desiredDeliveryDate": moments()}),
        part({"deliveryDateType": st.just("EXPRESS"), "name": st.one_of(st.just("Go-Express"), text(1))}),
        part(
            {"deliveryDateType": st.sampled_from(["EARLIEST", "FIXED"]), "desiredDeliveryDate": moments()},
            {"name": text()},
        ),
    )
    return part(
        {"deliveryDate": date, "expectedDeliveryDays": st.sampled_from([-1, 0, 3, 90, 2**31 - 1])},
        {
            "freightClass": text(),
            "deliveryOptions": st.lists(st.sampled_from(_DELIVERY_OPTIONS), max_size=2),
            "selectedSupplier": text(),
        },
    )
