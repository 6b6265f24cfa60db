"""Who may do what: Basic and Bearer, rights for each shop."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from dev_iomconnector_iom import Right, RunningStandIn, StandInConfig, UserConfig
from dev_iomconnector_iom.samples import sample_order
from dev_iomconnector_iom.testing import Answer, Caller, basic, bearer, manual_stand_in

JWT_SECRET = "a secret that is longer than 32 characters"
ALL = frozenset(Right)
OPERATIONS: dict[Right, list[tuple[str, str]]] = {
    Right.CREATE_ORDER: [("POST", "/orders")],
    Right.VIEW_ORDER: [("GET", "/orders/Known")],
    Right.ORDER_STATES: [("GET", "/order-states"), ("GET", "/order-states/modified?minCursor=0")],
    Right.ATP: [],
    Right.RESERVATION: [],
    Right.CHANGE_ORDER: [("POST", "/orders/Known/change-requests")],
    Right.VIEW_CHANGES: [
        ("GET", "/orders/Known/change-requests"),
        ("GET", "/orders/Known/change-requests/none"),
    ],
}


@pytest.fixture(scope="module")
def iom() -> Iterator[RunningStandIn]:
    users = [UserConfig(name=right.name, rights={10020: frozenset({right})}) for right in Right]
    users.append(UserConfig(name="nobody", rights={}))
    users.append(UserConfig(name="umläut:er", password=SecretStr("pä:ss"), rights={10020: ALL, 10010: ALL}))
    users.append(UserConfig(name="webservice_shop", rights={10020: ALL, 10010: ALL}))
    with manual_stand_in(users=tuple(users), jwt_secret=SecretStr(JWT_SECRET)) as running:
        Caller(running.url).post_order(sample_order("Known"))
        yield running


def call(iom: RunningStandIn, method: str, path: str, authorization: str | None, shop: int = 10020) -> Answer:
    caller = Caller(iom.url, shop=shop, authorization=authorization)
    return caller.post(path, b"{}") if method == "POST" else caller.get(path)


CASES = [(right, needed, *each) for right in Right for needed, ops in OPERATIONS.items() for each in ops]


@pytest.mark.parametrize(("right", "needed", "method", "path"), CASES)
def test_each_operation_needs_its_right(
    right: Right, needed: Right, method: str, path: str, iom: RunningStandIn
) -> None:
    for authorization in (basic(right.name, "!InterShop00!"), bearer(right.name, JWT_SECRET)):
        answer = call(iom, method, path, authorization)
        if right is needed:
            assert answer.status in (200, 400, 404)
        else:
            assert (answer.status, answer.body) == (403, b"")
        assert call(iom, method, path, authorization, shop=10010).status == 403


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "Basic",
        "Basic !!!",
        "Basic d2Vic2VydmljZV9zaG9w",
        "Digest x",
        basic("webservice_shop", "wrong"),
        basic("stranger", "!InterShop00!"),
        "Bearer x.y.z",
        bearer("webservice_shop", "another secret that is longer than 32"),
        bearer("stranger", JWT_SECRET),
        bearer("webservice_shop", JWT_SECRET, lifetime=-10),
        "Bearer " + "eyJhbGciOiJub25lIn0.eyJ1c2VyIjoid2Vic2VydmljZV9zaG9wIn0.",
    ],
)
def test_without_valid_credentials_nothing_goes(authorization: str | None, iom: RunningStandIn) -> None:
    for operations in OPERATIONS.values():
        for method, path in operations:
            answer = call(iom, method, path, authorization)
            assert (answer.status, answer.body) == (401, b"")
            assert answer.headers["www-authenticate"].startswith("Basic ")


def test_a_shop_that_does_not_exist_is_forbidden(iom: RunningStandIn) -> None:
    assert call(iom, "GET", "/order-states", basic("webservice_shop", "!InterShop00!"), shop=1).status == 403


def test_names_and_passwords_may_hold_any_character(iom: RunningStandIn) -> None:
    assert call(iom, "GET", "/order-states", bearer("umläut:er", JWT_SECRET)).status == 200
    user = UserConfig(name="ünï", password=SecretStr("pä:ss"), rights={10020: ALL})
    with manual_stand_in(users=(user,)) as running:
        assert call(running, "GET", "/order-states", basic("ünï", "pä:ss")).status == 200


def test_an_order_is_seen_in_its_shop_only(iom: RunningStandIn) -> None:
    assert Caller(iom.url, shop=10010).order("Known").status == 404
    assert Caller(iom.url, shop=10010).post_order(sample_order("Known")).status == 201


def test_secrets_do_not_show_in_the_configuration() -> None:
    config = StandInConfig(control_token=SecretStr("very-secret"), jwt_secret=SecretStr(JWT_SECRET))
    for secret in ("very-secret", JWT_SECRET, "!InterShop00!"):
        assert secret not in repr(config)
        assert secret not in config.model_dump_json()
