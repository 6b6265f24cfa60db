"""Files with products: what is read of them, and how their mistakes are named."""

import json

import pytest

from bc_catalog.product_document import document_of
from bc_catalog.product_file import read_products
from iomconnector.testing.samples import sample_product

HEAD = "sku,name_en,name_de,description_de,net_price,currency,tax_class,tax_rate,unit"
GOOD = "M-1,Mug,Tasse,Für Tee.,10.00,EUR,VAT,19,piece"


def told(content: str | bytes) -> list[tuple[int, str, str]]:
    """The mistakes of a file that has some; nothing of it is imported."""
    found = read_products(content if isinstance(content, bytes) else content.encode())
    assert found.products == []
    return [(each.line, each.sku, each.reason) for each in found.mistakes]


def test_a_csv_file_is_read() -> None:
    semicolons = HEAD.replace(",", ";") + "\n\n" + GOOD.replace(",", ";")
    bom = "\ufeff" + HEAD.upper() + "\r\n" + GOOD + "\r\n"
    wanted = sample_product(descriptions={"de": "Für Tee."})
    for text in (f"{HEAD}\n{GOOD}\n", semicolons, bom):
        found = read_products(text.encode())
        assert (found.products, found.mistakes) == ([wanted], [])


def test_a_cell_may_have_several_lines_and_lines_count_on() -> None:
    text = f'{HEAD}\nM-1,Mug,,"one\ntwo, three",1,EUR,VAT,19,\nM-2,Mug,,,x,EUR,VAT,19,\n'
    assert told(text) == [
        (4, "M-2", "net_price: is no number: write digits with a decimal point, and nothing else.")
    ]


def test_a_json_file_is_read_and_is_what_the_list_writes() -> None:
    sold = [sample_product("A"), sample_product("B", descriptions={}, unit=None)]
    text = json.dumps([document_of(each) for each in sold], indent=2)
    found = read_products(text.encode())
    assert (found.products, found.mistakes) == (sold, [])
    assert read_products(b" [ ] ").products == []


def test_every_mistake_of_a_csv_file_is_named_with_its_line() -> None:
    lines = [
        HEAD,
        GOOD,
        "M-2,,,,10.00,EUR,VAT,19,piece",
        "M-3,Mug,,,-1,EUR,VAT,19,",
        "M-4,Mug,,,1.005,EUR,VAT,19,",
        "M-5,Mug,,,1,XXY,VAT,119,",
        "M-1,Mug,,,1,EUR,VAT,19,",
        ",Mug,,,1,EUR,,,",
    ]
    mistakes = told("\n".join(lines))
    assert [(line, sku) for line, sku, _ in mistakes] == [
        (3, "M-2"),
        (4, "M-3"),
        (5, "M-4"),
        (6, "M-5"),
        (6, "M-5"),
        (7, "M-1"),
        (8, ""),
        (8, ""),
        (8, ""),
    ]
    reasons = [reason for _, _, reason in mistakes]
    assert reasons[0] == "names is missing."
    assert reasons[1] == "net_price: -1 EUR is less than nothing."
    assert reasons[2] == "net_price: has 3 decimals, at most 2 are possible."
    assert reasons[3].startswith("currency: 'XXY' is not a currency")
    assert reasons[4] == "tax_rate: input should be less than or equal to 100."
    assert reasons[5] == "The product stands in line 2 already."
    assert reasons[6:] == ["sku is missing.", "tax_class is missing.", "tax_rate is missing."]


@pytest.mark.parametrize(
    ("content", "line", "part"),
    [
        (b"", 0, "The file is empty"),
        (b"\n \n", 0, "The file is empty"),
        (b"sku\nM", 1, "The column net_price is missing"),
        (HEAD.replace("unit", "colour").encode(), 1, "There is no column 'colour'"),
        (HEAD.replace("unit", "sku").encode(), 1, "The column sku is there 2 times"),
        (b"sku,net_price,currency,tax_class,tax_rate", 1, "A column with names is missing"),
        (f"{HEAD}\nM-1,Mug".encode(), 2, "There are 2 fields, but 9 headings"),
        (f'{HEAD}\n"M-1'.encode(), 2, "no CSV"),
        (f"{HEAD}\nM-1,\xff".encode("latin-1"), 2, "Byte 0xff is not UTF-8"),
        (f"{HEAD}\nM-\0".encode(), 2, "NUL"),
        (b"[\n{},\n", 4 - 1, "no JSON"),
        (b"[\n{}\n{}]", 3, "A comma or the end of the list is missing"),
        (b"[]\n[]", 2, "behind the end of the list"),
        (b"{}", 1, "has to be a list of products"),
        (b'[\n\n{"sku": "A", "sku": "B"}]', 3, "the key 'sku' stands twice"),
        (b"[NaN]", 1, "NaN is not a number"),
        (b"[[[", 1, "no JSON"),
        (b"[" * 100_000, 1, "no JSON"),
    ],
)
def test_what_cannot_be_read_is_named(content: bytes, line: int, part: str) -> None:
    mistakes = told(content)
    assert part in mistakes[-1][2], mistakes
    assert mistakes[-1][0] == line


@pytest.mark.parametrize(
    ("field", "value", "part"),
    [
        ("sku", 5, "sku: input should be a valid string"),
        ("sku", " A", "' A' cannot be a SKU"),
        ("sku", "A\nB", "cannot be a SKU"),
        ("names", "Mug", "names: input should be a valid dictionary"),
        ("names", {"german": "Tasse"}, "names.german"),
        ("names", {"de": 5}, "names.de: input should be a valid string"),
        ("net_price", True, "net_price: must be a number or a text"),
        ("net_price", [], "net_price"),
        ("net_price", "1e400", "net_price"),
        ("net_price", "NaN", "net_price: is no number"),
        ("currency", None, "currency is missing"),
        ("colour", "red", "There is no field 'colour'"),
    ],
)
def test_a_wrong_field_of_a_json_file_is_named(field: str, value: object, part: str) -> None:
    document = {**document_of(sample_product("A")), field: value}
    text = json.dumps([document_of(sample_product("B")), document], indent=1)
    mistakes = told(text)
    assert any(part in reason for _, _, reason in mistakes), mistakes
    assert {line for line, _, _ in mistakes} == {text.split("\n").index(" },") + 2}
