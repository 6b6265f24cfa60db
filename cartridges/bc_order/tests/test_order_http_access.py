"""Who may do what over ``/api/orders``, how it is described, and what happens when the database is away."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from bc_order.testing.described_caller import DescribedCaller
from bc_order.testing.http_caller import Caller
from bc_order.testing.order_documents import order_document
from bc_order.testing.shop import Shop, prepared_shop
from iomconnector.testing.samples import CHANNEL, OTHER_CHANNEL

STEPS = [{"kind": "user", "approvers": ["bob"]}]


Call = Callable[[str], DescribedCaller]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    return prepared_shop(tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="module")
def call(shop: Shop) -> Iterator[Call]:
    """Callers with the token of one channel, of the other, of both, or with another token."""
    tokens = {
        "website": shop.token("website", CHANNEL),
        "procurement": shop.token("procurement", OTHER_CHANNEL),
        "both": shop.token("both", CHANNEL, OTHER_CHANNEL),
    }
    with shop.serving("--no-export") as server:
        yield lambda name: DescribedCaller(Caller(server.address, tokens.get(name, name)))


@pytest.fixture(scope="module")
def website(call: Call) -> DescribedCaller:
    return call("website")


@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer wrong", "Basic d2Vic2l0ZTpzZWNyZXQ=", "Bearer \xfc"]
)
def test_without_a_known_token_nothing_is_told(call: Call, authorization: str) -> None:
    nobody = call("").caller
    for method, path in (
        ("POST", "/api/orders"), ("GET", "/api/orders"), ("GET", f"/api/orders/{CHANNEL}/once"),
    ):  # fmt: skip
        answer = nobody.send(method, path, b"{}", {"Authorization": authorization})
        assert (answer.status, answer.content["code"]) == (401, "access.unauthorized")
        assert answer.headers["www-authenticate"] == "Bearer"


def test_the_scheme_of_the_token_may_be_written_in_small_letters(call: Call) -> None:
    caller = call("website").caller
    answer = caller.send("GET", "/api/orders", headers={"Authorization": f"bearer {caller.token}"})
    assert answer.status == 200


def test_a_token_is_good_for_its_channels_only(call: Call) -> None:
    website, procurement = call("website"), call("procurement")
    website.place("mine")
    assert procurement.place("theirs", channel=OTHER_CHANNEL).status == 201
    for answer in (
        procurement.place("mine"),
        procurement.get(f"/api/orders/{CHANNEL}/mine"),
        procurement.get(f"/api/orders/{CHANNEL}/absent"),
        procurement.get(f"/api/orders?channel={CHANNEL}"),
    ):
        assert (answer.status, answer.content["code"]) == (403, "access.forbidden")
        assert f"gives access to: {OTHER_CHANNEL}." in answer.content["hint"]
    for answer in (
        website.place("mine", channel="inSPIRED-elsewhere"),
        website.get("/api/orders/inSPIRED-elsewhere/mine"),
        website.get("/api/orders?channel=inSPIRED-elsewhere"),
    ):
        assert (answer.status, answer.content["code"]) == (404, "not_found")
        assert answer.content["message"] == "There is no channel 'inSPIRED-elsewhere'."
    absent = website.get(f"/api/orders/{CHANNEL}/absent")
    assert (absent.status, absent.content["ids"]) == (404, {"order": "absent", "channel": CHANNEL})


def test_a_revoked_token_is_worth_nothing_at_once(call: Call, shop: Shop) -> None:
    gone = call(shop.token("gone", CHANNEL))
    assert gone.get("/api/orders").status == 200
    assert shop.run("token", "revoke", "gone").code == 0
    assert gone.get("/api/orders").status == 401


def test_the_description_is_valid_and_a_client_can_be_made_of_it(website: DescribedCaller) -> None:
    description = website.description
    validate(description)
    body = description["paths"]["/api/orders"]["post"]["requestBody"]
    assert body["required"]
    schema = Draft202012Validator(body["content"]["application/json"]["schema"])
    schema.validate(order_document("1", approval_steps=STEPS))
    assert not schema.is_valid(order_document("1", currency=7))
    assert not schema.is_valid(order_document("1", surprise=7))
    for path in ("/api/orders", "/api/orders/{channel}/{number}"):
        for operation in description["paths"][path].values():
            assert operation["security"] == [{"HTTPBearer": []}]
            assert operation["summary"]


def test_whoever_asks_for_something_else_gets_a_problem_too(call: Call) -> None:
    for method, path, status in (("GET", "/nowhere", 404), ("DELETE", "/api/orders", 405)):
        answer = call("website").caller.send(method, path)
        assert answer.status == status
        assert set(answer.content) == {"code", "message", "hint", "ids"}


def test_a_database_that_goes_away_is_answered_with_503_and_no_path(tmp_path: Path) -> None:
    shop = prepared_shop(tmp_path)
    website = shop.token("website", CHANNEL)
    with shop.serving("--no-export") as server:
        caller = DescribedCaller(Caller(server.address, website))
        for file in shop.data.glob("shop.sqlite*"):
            file.write_bytes(b"no database" * 10_000)
        answer = caller.place("lost")
        assert (answer.status, answer.headers["retry-after"]) == (503, "5")
        assert str(tmp_path) not in answer.body.decode()
