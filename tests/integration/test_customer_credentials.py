"""Sessions and tokens of people who buy: good at one place alone, and over once the user changes."""

from dataclasses import replace
from pathlib import Path

import pytest

from app_sf_rest.testing.rest_shop import PASSWORD, PATRICIA, rest_shop
from iomconnector.application import Application
from iomconnector.model.accounts import Role
from iomconnector.model.customer_users import CustomerUserChange
from iomconnector.model.values import ChannelId
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.samples import CHANNEL, OTHER_CHANNEL
from iomconnector.usecases.customer_tokens import RefreshRefusedError
from iomconnector.usecases.password_proof import SignInRefusedError

CLIENT = "192.0.2.1"
NEW_PASSWORD = "another horse that reads"
LOGIN = PATRICIA.login


async def _accepted_at(system: Application, text: str) -> set[str]:
    """Everywhere a session or token of somebody who is called as Patricia is recognized."""
    found: dict[str, object] = {"back office": await system.sign_in.recognize(text)}
    for channel in (CHANNEL, OTHER_CHANNEL):
        found[f"session {channel}"] = await system.customer_sign_in.recognize(channel, text)
        found[f"token {channel}"] = await system.customer_tokens.recognize(channel, text)
    return {place for place, who in found.items() if who is not None}


@in_event_loop
async def test_a_session_or_token_is_accepted_at_one_place_though_the_logins_are_equal(
    tmp_path: Path,
) -> None:
    async with rest_shop(tmp_path) as shop:
        system = shop.system
        there = replace(PATRICIA, channel=ChannelId(OTHER_CHANNEL))
        await system.customer_users.register(there, PASSWORD, by="test")
        await system.accounts.add(LOGIN, PASSWORD, Role.ADMINISTRATOR, by="test")
        operator = await system.sign_in.sign_in(LOGIN, PASSWORD, client=CLIENT)
        assert await _accepted_at(system, operator.token) == {"back office"}
        for channel in (CHANNEL, OTHER_CHANNEL):
            session = await system.customer_sign_in.sign_in(channel, LOGIN, PASSWORD, client=CLIENT)
            assert await _accepted_at(system, session.token) == {f"session {channel}"}
            pair = await system.customer_tokens.issue(channel, LOGIN, PASSWORD, client=CLIENT)
            assert await _accepted_at(system, pair.access) == {f"token {channel}"}
            assert await _accepted_at(system, pair.refresh) == set()
            other = OTHER_CHANNEL if channel == CHANNEL else CHANNEL
            with pytest.raises(RefreshRefusedError):
                await system.customer_tokens.exchange(other, pair.refresh)
            await system.customer_tokens.exchange(channel, pair.refresh)


@pytest.mark.parametrize("how", ["password", "deactivation"])
@in_event_loop
async def test_a_new_password_and_deactivation_end_sessions_and_tokens_for_good(
    tmp_path: Path, how: str
) -> None:
    async with rest_shop(tmp_path) as shop:
        system = shop.system
        session = await system.customer_sign_in.sign_in(CHANNEL, LOGIN, PASSWORD, client=CLIENT)
        pair = await system.customer_tokens.issue(CHANNEL, LOGIN, PASSWORD, client=CLIENT)
        if how == "password":
            await system.customer_users.set_password(CHANNEL, LOGIN, NEW_PASSWORD, by="test")
            with pytest.raises(SignInRefusedError):
                await system.customer_sign_in.sign_in(CHANNEL, LOGIN, PASSWORD, client=CLIENT)
            await system.customer_sign_in.sign_in(CHANNEL, LOGIN, NEW_PASSWORD, client=CLIENT)
        else:
            await system.customer_users.change(CHANNEL, LOGIN, CustomerUserChange(active=False), by="test")
            with pytest.raises(SignInRefusedError):
                await system.customer_sign_in.sign_in(CHANNEL, LOGIN, PASSWORD, client=CLIENT)
            await system.customer_users.change(CHANNEL, LOGIN, CustomerUserChange(active=True), by="test")
            await system.customer_sign_in.sign_in(CHANNEL, LOGIN, PASSWORD, client=CLIENT)
        assert await _accepted_at(system, session.token) == set()
        assert await _accepted_at(system, pair.access) == set()
        with pytest.raises(RefreshRefusedError):
            await system.customer_tokens.exchange(CHANNEL, pair.refresh)
        actions = [entry.action for entry in await system.audit_trail.entries(subject=LOGIN)]
        assert ("customer.password_set" if how == "password" else "customer.changed") in actions


@in_event_loop
async def test_a_refresh_token_that_is_used_twice_ends_what_the_thief_or_the_owner_got(
    tmp_path: Path,
) -> None:
    async with rest_shop(tmp_path) as shop:
        tokens = shop.system.customer_tokens
        first = await tokens.issue(CHANNEL, LOGIN, PASSWORD, client=CLIENT)
        other = await tokens.issue(CHANNEL, LOGIN, PASSWORD, client=CLIENT)
        second = await tokens.exchange(CHANNEL, first.refresh)
        with pytest.raises(RefreshRefusedError):
            await tokens.exchange(CHANNEL, first.refresh)
        with pytest.raises(RefreshRefusedError):
            await tokens.exchange(CHANNEL, second.refresh)
        for pair in (first, second):
            assert await _accepted_at(shop.system, pair.access) == set()
        assert await tokens.recognize(CHANNEL, other.access) is not None, "of another sign-in"


@in_event_loop
async def test_a_sign_in_ends_the_session_that_the_browser_had(tmp_path: Path) -> None:
    async with rest_shop(tmp_path) as shop:
        signing = shop.system.customer_sign_in
        first = await signing.sign_in(CHANNEL, LOGIN, PASSWORD, client=CLIENT)
        second = await signing.sign_in(CHANNEL, LOGIN, PASSWORD, client=CLIENT, replacing=first.token)
        assert await signing.recognize(CHANNEL, first.token) is None
        assert await signing.recognize(CHANNEL, second.token) is not None
