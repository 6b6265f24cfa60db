"""What the texts of a form mean, for settings of every kind."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app_bo.settings_form import SettingsForm, text_for, value_of
from app_bo.settings_view import shown_settings
from iomconnector.services.setting_fields import SettingField, SettingKind


def setting(kind: SettingKind, default: Any = None, *, required: bool = False) -> SettingField:
    return SettingField(
        "name", "Name", "", "", default, required, kind is SettingKind.SECRET, kind, ("a", "b")
    )


words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=5,
)


@given(st.lists(json_values, max_size=4))
def test_a_list_comes_back_from_the_form(value: list[Any]) -> None:
    field = setting(SettingKind.LIST, [])
    assert value_of(field, text_for(field, value).strip()) == value


@given(st.dictionaries(words, json_values, max_size=4))
def test_an_object_comes_back_from_the_form(value: dict[str, Any]) -> None:
    field = setting(SettingKind.OBJECT, {})
    assert value_of(field, text_for(field, value).strip()) == value


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_comes_back_from_the_form(value: float) -> None:
    field = setting(SettingKind.NUMBER)
    assert value_of(field, text_for(field, value)) == value


@pytest.mark.parametrize("value", [True, False])
def test_a_box_comes_back_from_the_form(value: bool) -> None:
    field = setting(SettingKind.BOOLEAN)
    assert value_of(field, text_for(field, value)) is value


@pytest.mark.parametrize(
    ("field", "meant"),
    [
        (setting(SettingKind.TEXT, None), None),
        (setting(SettingKind.TEXT, "x"), ""),
        (setting(SettingKind.TEXT, required=True), ""),
        (setting(SettingKind.INTEGER, 5), 5),
        (setting(SettingKind.INTEGER, None), None),
        (setting(SettingKind.INTEGER, required=True), ""),
        (setting(SettingKind.CHOICE, "a"), "a"),
        (setting(SettingKind.LIST, ["x"]), ["x"]),
        (setting(SettingKind.LIST, required=True), []),
    ],
)
def test_what_nothing_means(field: SettingField, meant: object) -> None:
    assert value_of(field, "") == meant


def test_what_is_no_json_is_told_with_its_place() -> None:
    form = SettingsForm([setting(SettingKind.OBJECT)])
    values, problems = form.values({"name": '{"a": }'})
    assert values == {}
    assert problems[0].field == "setting-name"
    assert "line 1, column 7" in problems[0].message


@pytest.mark.parametrize(
    "text",
    ['{"a": NaN}', '{"a": -Infinity}', '{"a":' * 100_000, '{"a": ' + "9" * 5_000 + "}"],
    ids=["not a number", "infinite", "deep", "long"],
)
def test_json_that_no_database_keeps_is_refused(text: str) -> None:
    values, [problem] = SettingsForm([setting(SettingKind.OBJECT)]).values({"name": text})
    assert (values, problem.field) == ({}, "setting-name")


@pytest.mark.parametrize(
    "kind", [SettingKind.TEXT, SettingKind.INTEGER, SettingKind.NUMBER, SettingKind.CHOICE]
)
def test_what_must_be_typed_is_asked_for(kind: SettingKind) -> None:
    field = setting(kind, required=True)
    values, [problem] = SettingsForm([field]).values({"name": ""})
    assert (values, problem.message) == ({}, "Enter a value.")
    assert SettingsForm([field], {"name": ""}).values({"name": ""})[1] == [], "it is stored so"


def test_only_what_differs_is_given() -> None:
    fields = [setting(SettingKind.INTEGER, 5)]
    assert SettingsForm(fields).values({"name": "5"}) == ({}, [])
    assert SettingsForm(fields).values({"name": "5"}, all_of_them=True) == ({"name": 5}, [])
    assert SettingsForm(fields, {"name": 7}).values({"name": "7"}) == ({}, [])
    assert SettingsForm(fields, {"name": 7}).values({"name": "5"}) == ({"name": 5}, [])


def test_a_secret_stays_unless_it_is_typed_or_removed() -> None:
    form = SettingsForm([setting(SettingKind.SECRET)], {"name": "********"})
    assert form.stored_texts() == {"name": ""}
    assert form.values({"name": ""}) == ({}, [])
    assert form.values({"name": " x "}) == ({"name": " x "}, [])
    assert form.values({"name": "", "remove-name": "yes"}) == ({"name": ""}, [])
    [shown] = form.inputs({"name": "typed"})
    assert (shown.value, shown.stored, shown.kept) == ("", True, True)


def test_problems_stand_at_their_inputs_and_others_at_none() -> None:
    form = SettingsForm([setting(SettingKind.LIST)])
    named = {"name.2.host": "is missing", "": "they do not fit together", "extra": "is no setting"}
    inside, together, unknown = form.problems(named)
    assert (inside.field, inside.message) == ("setting-name", "Is missing (at 2.host).")
    assert (together.field, together.message) == ("", "They do not fit together.")
    assert (unknown.field, unknown.message) == ("", "Extra is no setting.")


def test_values_are_shown_with_unit_and_default_and_unknown_ones_last() -> None:
    field = SettingField("wait", "Wait", "", "s", 5, False, False, SettingKind.NUMBER)
    shown = shown_settings([field], {"wait": 5, "gone": [1]})
    assert [(each.title, each.value, each.unit, each.is_default) for each in shown] == [
        ("Wait", "5", "s", True),
        ("gone", "[\n  1\n]", "", False),
    ]
