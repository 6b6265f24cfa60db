"""Roles, names and passwords of accounts."""

import itertools
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iomconnector.model.accounts import (
    AccountNameError,
    PasswordRefusedError,
    Role,
    account_name,
    checked_display_name,
    checked_password,
    normalized_password,
    possible_name,
)


def test_each_role_includes_those_before_it_and_no_other() -> None:
    assert list(Role) == [Role.READ_ONLY, Role.OPERATOR, Role.ADMINISTRATOR]
    for first, second in itertools.product(Role, Role):
        assert first.includes(second) == (list(Role).index(first) >= list(Role).index(second))


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("anna", "anna"),
        (" Anna@Example.COM ", "anna@example.com"),
        ("Ａｎｎａ", "anna"),
        ("Größe", "grösse"),
        ("A\u030angstrom", "ångstrom"),
        ("李", "李"),
    ],
)
def test_a_name_is_written_in_one_way(typed: str, name: str) -> None:
    assert account_name(typed) == possible_name(typed) == name


@pytest.mark.parametrize(
    "typed",
    ["", "  ", "a b", "a\tb", "a\x00", "a\u200bb", "a\u202eb", "\ud800", "x" * 101, "x" * 5000, "a\u3000b"],
)
def test_a_name_that_cannot_be_told_from_another_is_refused(typed: str) -> None:
    with pytest.raises(AccountNameError):
        account_name(typed)
    assert possible_name(typed) is None


@given(st.text(max_size=110))
def test_a_name_that_is_possible_stays_as_it_is(typed: str) -> None:
    name = possible_name(typed)
    if name is not None:
        assert account_name(name) == name
        assert account_name(name.upper().lower()) == account_name(name.upper())
        name.encode()


def test_a_display_name_is_one_line_of_text() -> None:
    assert checked_display_name("  Anna Ångström ") == "Anna Ångström"
    for wrong in ("a\nb", "a\x07", "x" * 201, "\ud800"):
        with pytest.raises(AccountNameError):
            checked_display_name(wrong)


@pytest.mark.parametrize(
    "password",
    ["correct horse", "123456789012", "пароль из слов", "x y" * 4, "a" * 500 + "bcd", "anna anna anna!"],
)
def test_length_alone_makes_a_password(password: str) -> None:
    assert checked_password(password, name="anna") == password


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "less than 12"),
        ("elevenchars", "less than 12"),
        ("é" * 6, "less than 12"),
        ("annaannaanna", "name of the account"),
        ("ANNAannaAnna", "name of the account"),
        ("xxxxxxxxxxxx", "one or two"),
        ("xyxyxyxyxyxy", "one or two"),
        ("x" * 1025, "too long"),
        ("\ufdfa" * 1000, "too long"),
        ("correct horse \ud800", "too long, or"),
    ],
)
def test_a_password_that_is_easy_to_guess_or_hard_to_keep_is_refused_and_not_shown(
    password: str, why: str
) -> None:
    with pytest.raises(PasswordRefusedError, match=why) as refused:
        checked_password(password, name="anna")
    assert not password or password not in str(refused.value)


@given(st.text(min_size=12, max_size=60))
def test_a_password_is_the_same_from_every_keyboard(password: str) -> None:
    typed = normalized_password(password)
    assert typed is not None
    for form in ("NFC", "NFD", "NFKC"):
        assert normalized_password(unicodedata.normalize(form, password)) == typed
    assert normalized_password(typed) == typed
