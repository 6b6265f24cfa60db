"""Every table, key and list item of a TOML document is found on its line."""

import json
import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iomconnector.assemblies.location import locate

DOCUMENT = '''# "not a key" = [
top = 1 # ] } "
"quoted key" = """
a "quoted" text with "" and \\""" in it
[not.a.table]
"""""

[a.b]
list = [ "one", # comment ]
  'two', [ 3,
  4 ],
]
inline = { x = 1, 'y z'.w = ["p", "q"], t = """
""", u = 2 }
when = 1979-05-27 07:32:00
dotted . "k e y" = \'\'\'
line = 1\'\'\'
after = -1.5e3

[[include]]
in = ["init"]
  [[include.nested]]
  n = 0
[[include]]
in = ["test",

"x"]
  [include.more]
  m = 0
  [[include.nested]]
  n = 1
'''

PLACES: list[tuple[tuple[str | int, ...], int]] = [
    (("top",), 2),
    (("quoted key",), 3),
    (("a",), 8),
    (("a", "b"), 8),
    (("a", "b", "list", 0), 9),
    (("a", "b", "list", 1), 10),
    (("a", "b", "list", 2, 0), 10),
    (("a", "b", "list", 2, 1), 11),
    (("a", "b", "inline", "x"), 13),
    (("a", "b", "inline", "y z", "w", 1), 13),
    (("a", "b", "inline", "u"), 14),
    (("a", "b", "when"), 15),
    (("a", "b", "dotted", "k e y"), 16),
    (("a", "b", "after"), 18),
    (("include",), 20),
    (("include", 0), 20),
    (("include", 0, "nested", 0, "n"), 23),
    (("include", 1), 24),
    (("include", 1, "in", 1), 27),
    (("include", 1, "more", "m"), 29),
    (("include", 1, "nested", 0), 30),
    (("include", 1, "nested", 0, "n"), 31),
]


@pytest.mark.parametrize(("place", "line"), PLACES)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_finds_the_line_of_a_place(place: tuple[str | int, ...], line: int, newline: str) -> None:
    tomllib.loads(DOCUMENT)
    assert locate(DOCUMENT.replace("\n", newline)).line(*place) == line


def test_an_unknown_place_is_found_at_the_nearest_place_around_it() -> None:
    locations = locate(DOCUMENT)
    assert locations.line("a", "b", "missing", 3) == 8
    assert locations.line("nowhere") == 1
    assert locations.line() == 1


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=8)
VALUES = st.recursive(
    st.one_of(
        st.integers(-99, 99).map(str),
        st.sampled_from(["true", "2026-11-23", "1.5", "'''a\nb'''", '"""\n"""', "''", '"]#"', "'}'"]),
        TEXTS.map(lambda text: json.dumps(text, ensure_ascii=False)),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: "[" + ", # c ]\n".join([*items, "\n"]) + "]"),
        st.lists(inner, min_size=1, max_size=3).map(
            lambda items: "{ " + ", ".join(f"'k {at}' = {item}" for at, item in enumerate(items)) + " }"
        ),
    ),
    max_leaves=6,
)


@given(st.lists(st.tuples(VALUES, st.integers(0, 2), st.booleans()), max_size=8))
def test_finds_every_key_whatever_stands_before_it(written: list[tuple[str, int, bool]]) -> None:
    text = ""
    expected: dict[tuple[str | int, ...], int] = {}
    tables = 0
    for position, (value, blank_lines, new_table) in enumerate(written):
        text += "\n" * blank_lines
        if new_table:
            expected["table", tables] = text.count("\n") + 1
            text += "[[ table ]] # [x]\n"
            tables += 1
        table: tuple[str | int, ...] = ("table", tables - 1) if tables else ()
        expected[(*table, f"key{position}")] = text.count("\n") + 1
        text += f"  'key{position}' = {value}  # = 1\n"
    document: dict[str, Any] = tomllib.loads(text)
    assert len(document.get("table", [])) == tables
    assert {place: locate(text).line(*place) for place in expected} == expected
