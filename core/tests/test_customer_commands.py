"""``iomconnector customer`` as users call it."""

import json
from pathlib import Path

import pytest

from bc_order.testing.shop import Shop, prepared_shop
from iomconnector.testing.samples import CHANNEL

PASSWORD = "a good long password"
BEA = ("--email", "bea@oil.example", "--last-name", "Berg", "--company", "OilCorp")
ANNA = ("--customer", "1001", "--email", "anna@example.com", "--first-name", "Anna", "--last-name", "Adler")


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return prepared_shop(tmp_path)


def add(shop: Shop, login: str, *more: str) -> None:
    made = shop.run("customer", "add", CHANNEL, login, *more, "--password-file", "-", stdin=PASSWORD)
    assert made.code == 0, made
    assert made.out == f"{login.lower()} is registered in {CHANNEL}, for customer {more[1]}.\n"


def test_somebody_who_buys_is_registered_listed_and_changed(shop: Shop) -> None:
    add(shop, "Anna", *ANNA)
    add(
        shop,
        "bea",
        *("--customer", "2001", "--email", "bea@oil.example", "--last-name", "Berg"),
        *("--company", "OilCorp", "--sees-all-orders", "--language", "de"),
    )
    anna, bea = shop.json("customer", "list", "--channel", CHANNEL)
    assert (anna["login"], anna["business"], anna["active"], anna["has_password"]) == (
        "anna",
        False,
        True,
        True,
    )
    assert (bea["company"], bea["sees_all_orders"], bea["language"]) == ("OilCorp", True, "de")
    assert [each["login"] for each in shop.json("customer", "list", "--customer", "2001")] == ["bea"]
    assert shop.json("customer", "show", CHANNEL, "Anna") == anna
    assert "anna@example.com" in shop.run("customer", "show", CHANNEL, "anna").out
    for arguments, said in (
        (["deactivate"], "anna may not sign in; the sessions are over."),
        (["activate"], "anna may sign in."),
        (["unlock"], "anna had no failures to forget."),
    ):
        done = shop.run("customer", *arguments, CHANNEL, "anna")
        assert (done.code, done.out) == (0, f"{said}\n"), done
    changed = shop.run("customer", "password", CHANNEL, "anna", "--password-file", "-", stdin="x" + PASSWORD)
    assert (changed.code, changed.out) == (0, "The password of anna is changed; the sessions are over.\n")
    assert PASSWORD not in shop.run("customer", "list").out


def test_what_is_known_of_somebody_can_be_changed(shop: Shop) -> None:
    add(shop, "bea", "--customer", "2001", *BEA)
    before = shop.json("customer", "show", CHANNEL, "bea")
    changed = shop.run(
        "customer", "change", CHANNEL, "Bea", "--email", "b@oil.example", "--last-name", "Berg-Olsen"
    )
    assert (changed.code, changed.out) == (0, "bea is changed.\n")
    after = {**before, "email": "b@oil.example", "last_name": "Berg-Olsen"}
    assert shop.json("customer", "show", CHANNEL, "bea") == after
    assert shop.run("customer", "change", CHANNEL, "bea", "--sees-all-orders").code == 0
    assert shop.json("customer", "show", CHANNEL, "bea") == {**after, "sees_all_orders": True}
    assert shop.run("customer", "change", CHANNEL, "bea", "--sees-own-orders").code == 0
    assert shop.json("customer", "show", CHANNEL, "bea") == after


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ((), "say what is to be changed"),
        (("--email", "bea"), "no e-mail address"),
        (("--company", ""), "company: it is missing"),
        (("--language", "fr"), "'fr' is not known"),
    ],
)
def test_a_change_that_cannot_be_is_said_and_changes_nothing(
    shop: Shop, arguments: tuple[str, ...], problem: str
) -> None:
    add(shop, "bea", "--customer", "2001", *BEA)
    before = shop.json("customer", "list")
    made = shop.run("customer", "change", CHANNEL, "bea", *arguments)
    assert made.code == 2
    assert problem in " ".join(made.err.split())
    assert shop.json("customer", "list") == before


def test_a_list_that_is_cut_says_so(shop: Shop) -> None:
    for login, number in (("anna", "1"), ("bert", "2"), ("carl", "3")):
        add(shop, login, "--customer", number, "--email", f"{login}@example.com", "--last-name", "A")
    whole, cut = (shop.run("customer", "list", "--limit", limit, "--format", "json") for limit in "32")
    assert (whole.err, [each["login"] for each in json.loads(whole.out)]) == ("", ["anna", "bert", "carl"])
    assert [each["login"] for each in json.loads(cut.out)] == ["anna", "bert"]
    assert cut.err == "There are more than 2. See more with --limit, or fewer with --customer.\n"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--customer", "1001", "--email", "anna", "--last-name", "A"), "no e-mail address"),
        ((*ANNA, "--sees-all-orders"), "a private customer sees all orders anyway"),
        ((*ANNA, "--language", "fr"), "'fr' is not known"),
    ],
)
def test_what_cannot_be_is_said_and_changes_nothing(
    shop: Shop, arguments: tuple[str, ...], problem: str
) -> None:
    made = shop.run("customer", "add", CHANNEL, "anna", *arguments, "--password-file", "-", stdin=PASSWORD)
    assert made.code == 2
    assert problem in " ".join(made.err.split())
    assert shop.json("customer", "list") == []


def test_a_login_is_unique_in_its_channel_and_a_private_customer_has_one_user(shop: Shop) -> None:
    add(shop, "anna", *ANNA)
    for login, why in (("ANNA", "There is a user 'anna'"), ("anne", "has the user anna")):
        made = shop.run("customer", "add", CHANNEL, login, *ANNA, "--password-file", "-", stdin=PASSWORD)
        assert made.code != 0
        assert why in " ".join(made.err.split())
    for command in ("show", "deactivate", "unlock"):
        nobody = shop.run("customer", command, CHANNEL, "nobody")
        assert nobody.code != 0
        assert "There is no user 'nobody'" in " ".join(nobody.err.split())
