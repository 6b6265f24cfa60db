"""What the sample shop sells, in both channels.

The numbers of the first eight are those of the sample orders; three of them are IOM's demo's. [iom-api 5]
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bc_catalog.product_changes import ProductChanges
from init_inspired.contexts import BUSINESS_CHANNEL, CONSUMER_CHANNEL
from iomconnector.application import Application
from iomconnector.model.products import CatalogProduct

CHANNELS: Final = (CONSUMER_CHANNEL, BUSINESS_CHANNEL)
CURRENCY: Final = "EUR"
RATES: Final = {"FullTax": "19", "ReducedTax": "7", "NoTax": "0"}


@dataclass(frozen=True, slots=True)
class SampleProduct:
    """A product of the sample shop.

    Arguments:
        sku: Its number.
        net: Its price without tax.
        english: Name and description.
        german: The same in German.
        tax_class: Its tax.
        unit: What one is.
    """

    sku: str
    net: str
    english: tuple[str, str]
    german: tuple[str, str]
    tax_class: str = "FullTax"
    unit: str = "piece"


PRODUCTS: Final = (
    SampleProduct(
        "896737",
        "24.95",
        (
            "Headset with long cable",
            "Three metres of cable, soft cushions, and a microphone that folds away.",
        ),
        ("Headset mit langem Kabel", "Drei Meter Kabel, weiche Polster und ein Mikrofon zum Wegklappen."),
    ),
    SampleProduct(
        "7030019",
        "89.00",
        (
            "PC case, midi tower",
            "Room for seven drives, two quiet fans, a side panel that opens without tools.",
        ),
        (
            "PC-Gehäuse, Midi-Tower",
            "Platz für sieben Laufwerke, zwei leise Lüfter, Seitenwand ohne Werkzeug zu öffnen.",
        ),
    ),
    SampleProduct(
        "4713147997367",
        "279.90",
        (
            "Monitor 27″, 2560 × 1440",
            "Matt screen, adjustable in height, with one cable for picture and power.",
        ),
        ("Monitor 27″, 2560 × 1440", "Matter Bildschirm, höhenverstellbar, ein Kabel für Bild und Strom."),
    ),
    SampleProduct(
        "201807171",
        "549.00",
        ("Quiet fridge “Föhn”", "As quiet as a library. The last ones of this year."),
        ("Kühlschrank „Föhn“ – leise", "So leise wie eine Bibliothek. Die letzten dieses Jahres."),
    ),
    SampleProduct(
        "201807195",
        "39.50",
        ("Webcam 1080p", "Sharp in poor light, with a cover for the lens."),
        ("Webcam 1080p", "Scharf auch bei wenig Licht, mit Klappe vor der Linse."),
    ),
    SampleProduct(
        "9781732102200",
        "18.50",
        ("A book on software design", "On taming complexity, in 21 short chapters."),
        (
            "Ein Buch über Softwareentwurf",
            "Wie man Komplexität zähmt, in 21 kurzen Kapiteln. In englischer Sprache.",
        ),
        "ReducedTax",
    ),
    SampleProduct(
        "10001",
        "1.15",
        ("Network cable, by the metre", "Cut to the length that you order, without plugs."),
        ("Netzwerkkabel, Meterware", "In der Länge, die Sie bestellen, ohne Stecker."),
        unit="metre",
    ),
    SampleProduct(
        "10002",
        "5.00",
        ("Donation to the repair café ☕", "Keeps old devices alive. Thank you!"),
        ("Spende für das Repair-Café ☕", "Hält alte Geräte am Leben. Danke!"),
        "NoTax",
    ),
    SampleProduct(
        "201807202",
        "129.00",
        ("Mechanical keyboard", "Every key can be replaced. Not made any more."),
        ("Mechanische Tastatur", "Jede Taste lässt sich ersetzen. Wird nicht mehr hergestellt."),
    ),
    SampleProduct(
        "201807218",
        "21.80",
        ("Wireless mouse", "For both hands. One battery lasts a year."),
        ("Funkmaus", "Für beide Hände. Eine Batterie hält ein Jahr."),
    ),
    SampleProduct(
        "201807225",
        "64.90",
        ("USB-C dock", "Two screens, network and six sockets through one cable."),
        ("USB-C-Dock", "Zwei Bildschirme, Netzwerk und sechs Buchsen über ein Kabel."),
    ),
    SampleProduct(
        "201807231",
        "0.89",
        ("Screws M3, 20 pieces", "Short ones, for cases and drives."),
        ("Schrauben M3, 20 Stück", "Kurze, für Gehäuse und Laufwerke."),
        unit="pack",
    ),
)


async def prepare_products(application: Application) -> str:
    """Sell the products that are missing; those that are there stay as they are."""
    changes = ProductChanges(application.database, application.clock)
    told = []
    for channel in CHANNELS:
        sold = await application.catalog.products(channel, [each.sku for each in PRODUCTS])
        missing = [each for each in catalog_products() if each.sku not in sold]
        if missing:
            await changes.put(channel, missing, by="database preparation", reason="sample products")
            told.append(f"{len(missing)} in {channel}")
    return ", ".join(told) or "all are there already"


def catalog_products() -> Iterator[CatalogProduct]:
    """The products as the catalogue has them."""
    for each in PRODUCTS:
        yield CatalogProduct.model_validate(
            {
                "sku": each.sku,
                "names": {"en": each.english[0], "de": each.german[0]},
                "descriptions": {"en": each.english[1], "de": each.german[1]},
                "net": {"amount": each.net, "currency": CURRENCY},
                "tax_class": each.tax_class,
                "tax_rate": RATES[each.tax_class],
                "unit": each.unit,
            }
        )
