"""What is suggested for a name that is not known."""

import pytest

from iomconnector.suggestion import suggestion

KNOWN = ("bc_order", "order_export", "order_export_b2b", "production")


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("bc_ordr", "bc_order"),
        ("BC-Order", "bc_order"),
        ("order-export", "order_export"),
        ("prod", "production"),
    ],
)
def test_a_name_that_resembles_is_suggested(word: str, meant: str) -> None:
    assert suggestion(word, KNOWN) == f'Did you mean "{meant}"?'


@pytest.mark.parametrize("word", ["warehouse", "ord", "pr", ""])
def test_nothing_is_suggested_where_no_single_name_is_meant(word: str) -> None:
    assert suggestion(word, KNOWN) == ""
