"""``iomconnector context`` and ``token`` as users call them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bc_order.testing.shop import Shop, prepared_shop
from iomconnector.testing.samples import CHANNEL, ORGANIZATION, OTHER_CHANNEL


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return prepared_shop(tmp_path)


def names(shop: Shop) -> list[str]:
    return [each["id"] for each in shop.json("context", "list")]


def test_the_tree_is_listed_parents_first(shop: Shop) -> None:
    listed = shop.json("context", "list")
    assert listed[0] == {
        "id": ORGANIZATION,
        "kind": "organization",
        "display_name": ORGANIZATION,
        "parent": None,
    }
    assert names(shop) == [ORGANIZATION, CHANNEL, OTHER_CHANNEL]
    table = shop.run("context", "list", variables={"COLUMNS": "100"}).out
    assert [line.split() for line in table.splitlines()][-2:] == [
        [CHANNEL, "channel", CHANNEL, ORGANIZATION],
        [OTHER_CHANNEL, "channel", OTHER_CHANNEL, ORGANIZATION],
    ]


def test_a_context_is_added_below_its_parent_and_can_be_renamed(shop: Shop) -> None:
    added = shop.run("context", "add", "outlet", "--parent", ORGANIZATION, "--name", "Outlet")
    assert (added.code, added.out, added.err) == (0, "Channel outlet is added.\n", "")
    renamed = shop.run("context", "add", "outlet", "--parent", ORGANIZATION, "--name", "Größer")
    assert (renamed.code, renamed.out) == (0, "Channel outlet is renamed.\n")
    (outlet,) = (each for each in shop.json("context", "list") if each["id"] == "outlet")
    assert outlet["display_name"] == "Größer"
    below = shop.run("context", "add", "app", "--kind", "application", "--parent", "outlet")
    assert (below.code, below.out) == (0, "Application app is added.\n")


@pytest.mark.parametrize(
    ("arguments", "code", "why"),
    [
        (["outlet"], 3, "channel 'outlet' needs a parent of kind organization, not none."),
        (["outlet", "--parent", "nowhere"], 3, "The parent 'nowhere' of 'outlet' does not exist."),
        (["outlet", "--parent", CHANNEL], 3, "needs a parent of kind organization, not channel."),
        (["other", "--kind", "organization", "--parent", ORGANIZATION], 3, "needs no parent"),
        (
            [CHANNEL, "--kind", "organization"],
            3,
            f"There is the channel {CHANNEL} below {ORGANIZATION} already, "
            f"and the organization {CHANNEL} cannot take its place.",
        ),
        (["", "--parent", ORGANIZATION], 2, "id: String should have at least 1 character"),
        (["x" * 256, "--parent", ORGANIZATION], 2, "id: String should have at most 255 characters"),
        (["a\x07b", "--parent", ORGANIZATION], 2, "id: has the control character U+0007"),
        (["outlet", "--kind", "planet"], 2, "'planet'"),
    ],
)
def test_a_context_that_does_not_fit_is_refused(
    shop: Shop, arguments: list[str], code: int, why: str
) -> None:
    ended = shop.run("context", "add", *arguments)
    assert (ended.code, ended.out) == (code, "")
    assert why in " ".join(ended.err.replace("│", " ").split())
    assert names(shop) == [ORGANIZATION, CHANNEL, OTHER_CHANNEL]


def test_a_token_is_shown_once_and_stored_nowhere(shop: Shop) -> None:
    made = shop.run("token", "create", "website", "--channel", CHANNEL, "--channel", OTHER_CHANNEL)
    assert (made.code, made.err) == (0, "Keep it safe: it cannot be shown again.\n")
    token = made.out.strip()
    assert made.out == f"{token}\n"
    assert token.startswith("iomc_")
    assert len(token) > 40
    (listed,) = shop.json("token", "list")
    assert (listed["name"], listed["channels"]) == ("website", [CHANNEL, OTHER_CHANNEL])
    age = datetime.now(UTC) - datetime.fromisoformat(listed["created_at"])
    assert timedelta() <= age < timedelta(minutes=5)
    assert token not in shop.run("token", "list").out
    for file in shop.data.iterdir():
        assert token.encode() not in file.read_bytes()


def test_a_token_has_a_name_of_its_own_and_channels_that_exist(shop: Shop) -> None:
    assert shop.run("token", "create", "website", "--channel", CHANNEL).code == 0
    for arguments, code, why in (
        (["website", "--channel", CHANNEL], 3, "There is a token named 'website' already."),
        (["pos", "--channel", "nowhere"], 1, "There is no channel or other context 'nowhere'"),
        (["pos"], 2, "--channel"),
        (["", "--channel", CHANNEL], 2, "The name is empty."),
    ):
        ended = shop.run("token", "create", *arguments)
        assert (ended.code, ended.out) == (code, "")
        assert why in ended.err
    assert [each["name"] for each in shop.json("token", "list")] == ["website"]


def test_a_token_can_be_revoked_once(shop: Shop) -> None:
    shop.run("token", "create", "website", "--channel", CHANNEL)
    assert shop.run("token", "revoke", "website").out == "The token of website is revoked.\n"
    assert shop.json("token", "list") == []
    again = shop.run("token", "revoke", "website")
    assert (again.code, again.err) == (
        1,
        "error: There is no token named 'website'. See `iomconnector token list`.\n",
    )
