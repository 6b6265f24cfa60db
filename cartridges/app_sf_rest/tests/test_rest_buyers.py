"""Whose orders a user gets who asks for those of others."""

from dataclasses import replace
from pathlib import Path

import pytest

from app_sf_rest.caller import Shopper, Site
from app_sf_rest.order_access import buyer_of
from app_sf_rest.testing.rest_shop import (
    ADMIN,
    BUSINESS_SITE,
    BUYER,
    COLLEAGUE,
    PASSWORD,
    PATRICIA,
    rest_shop,
)
from iomconnector.model.customer_users import CustomerUser, OrderOwner
from iomconnector.testing.event_loop import in_event_loop

ELSEWHERE = replace(BUYER, login="olga", customer="2002", email="olga@waterworks.example")


def _shopper(user: CustomerUser) -> Shopper:
    return Shopper(Site(BUSINESS_SITE, user.channel, "en"), user)


def _only(user: CustomerUser) -> OrderOwner:
    return OrderOwner(user.channel, user.customer, user.email)


@in_event_loop
async def test_an_account_admin_may_ask_for_every_buyer_of_the_company_and_nobody_else(
    tmp_path: Path,
) -> None:
    async with rest_shop(tmp_path) as shop:
        await shop.system.customer_users.register(ELSEWHERE, PASSWORD, by="test")

        async def asked(buyer: str | None, *, all_buyers: bool = False) -> OrderOwner | None:
            return await buyer_of(_shopper(ADMIN), shop.system, buyer=buyer, all_buyers=all_buyers)

        assert await asked(None) == _only(ADMIN)
        assert await asked(COLLEAGUE.login) == _only(COLLEAGUE)
        assert await asked(None, all_buyers=True) == OrderOwner(ADMIN.channel, ADMIN.customer)
        for nobody in (ELSEWHERE.login, PATRICIA.login, "nobody", "", "\0", "a" * 1000, "no such\nlogin"):
            assert await asked(nobody) is None, nobody


@pytest.mark.parametrize("buyer", [None, "carl", "anna", "olga", "nobody"])
@in_event_loop
async def test_others_get_their_own_whatever_they_ask_for(tmp_path: Path, buyer: str | None) -> None:
    async with rest_shop(tmp_path) as shop:
        for all_buyers in (False, True):
            owner = await buyer_of(_shopper(BUYER), shop.system, buyer=buyer, all_buyers=all_buyers)
            assert owner == _only(BUYER)
            private = await buyer_of(_shopper(PATRICIA), shop.system, buyer=buyer, all_buyers=all_buyers)
            assert private == OrderOwner(PATRICIA.channel, PATRICIA.customer)
