"""What the sample shop sells, to whom, and where they live."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

CONSUMER_CHANNEL = "inSPIRED-inTRONICS"
BUSINESS_CHANNEL = "inSPIRED-inTRONICS_Business"


@dataclass(frozen=True, slots=True)
class CatalogueProduct:
    """A product of the sample shop.

    Arguments:
        sku: Its number.
        name: Its name.
        net: Net price of one.
        tax_class: Its tax.
        unit: What one is.
        ean: International article number.
        isbn: For books.
    """

    sku: str
    name: str
    net: Decimal
    tax_class: str = "FullTax"
    unit: str = "piece"
    ean: str | None = None
    isbn: str | None = None


TAX_RATES = {"FullTax": Decimal(6), "ReducedTax": Decimal(4), "NoTax": Decimal(0)}

PRODUCTS = (
    CatalogueProduct("896737", "Headset with long cable", Decimal("24.95"), ean="5099206018501"),
    CatalogueProduct("7030019", "PC case, midi tower", Decimal("89.00")),
    CatalogueProduct("4713147997367", "Monitor 27″, 2560 × 1440", Decimal("279.90"), ean="4713147997367"),
    CatalogueProduct("201807171", "Kühlschrank „Föhn“ – leise", Decimal("549.00")),
    CatalogueProduct("201807195", "网络摄像头 1080p", Decimal("39.50")),
    CatalogueProduct(
        "9781732102200", "A book on software design", Decimal("18.50"), "ReducedTax", isbn="978-1732102200"
    ),
    CatalogueProduct("10001", "Cable, by the metre", Decimal("1.15"), unit="metre"),
    CatalogueProduct("10002", "Donation to the repair café ☕", Decimal("5.00"), "NoTax"),
)

CONSUMERS: tuple[tuple[str, str, str], ...] = (
    ("Patricia", "Miller", "pmiller@example.com"),
    ("José", "Núñez Ñandú", "jose@example.com"),
    ("Žofie", "Příhodová", "zofie@example.com"),
    ("Ægir", "Þórðarson", "aegir@example.com"),
    ("美咲", "佐藤", "misaki@example.com"),
    ("Նարե", "Պետրոսյան", "nare@example.com"),
    ("עדי", "לוי", "adi@example.com"),
    ("Siobhán", "O'Brien-Ó Súilleabháin", "siobhan@example.com"),
)

STREETS: tuple[dict[str, Any], ...] = (
    {
        "street": "Steinweg",
        "street_number": "10",
        "city": "Jena",
        "postal_code": "07743",
        "country_code": "DE",
        "main_division": "Thüringen",
    },
    {
        "street": "410 Townsend Street",
        "additional_lines": ["Suite 350", "c/o front desk"],
        "city": "San Francisco",
        "postal_code": "94107",
        "country_code": "US",
        "main_division": "CA",
    },
    {
        "street": "ul. Świętokrzyska",
        "street_number": "14b/3",
        "city": "Łódź",
        "postal_code": "90-001",
        "country_code": "PL",
    },
    {
        "street": "丸の内1丁目9",
        "additional_lines": ["東京駅前ビル 3階"],
        "city": "千代田区",
        "postal_code": "100-0005",
        "country_code": "JP",
        "main_division": "東京都",
    },
)

COMPANIES: tuple[dict[str, str], ...] = (
    {
        "name": "Oil Corp.",
        "vat_number": "DE 812464534",
        "commercial_register_number": "HRB 209419",
        "commercial_register_location": "Jena",
        "department": "Purchasing",
    },
    {"name": "Müller & Søn A/S", "vat_number": "DK 12345678", "line_of_business": "Wholesale"},
    {"name": "株式会社 青空", "company_type": "Kabushiki-gaisha", "cost_center_number": "CC-77"},
)

PROMOTIONS: tuple[tuple[str, str, str, Decimal], ...] = (
    ("percentage", "Spring sale, 10 % off", "SPRING", Decimal(10)),
    ("fixed", "Five off your next order", "NEXT5", Decimal(5)),
)
