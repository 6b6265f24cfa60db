"""Repeated failures lock accounts and addresses, for everybody who is not let in."""

import asyncio
from datetime import timedelta

import pytest

from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.samples import NOON
from iomconnector.testing.sign_in_stage import PASSWORD, WRONG, SignInStage
from iomconnector.usecases.password_proof import NO_ACCOUNT, SignInRefusedError

MINUTE = timedelta(minutes=1)


@pytest.fixture
def stage() -> SignInStage:
    return SignInStage()


async def refused(stage: SignInStage, name: str, password: str = PASSWORD, client: str = "192.0.2.1") -> str:
    with pytest.raises(SignInRefusedError) as told:
        await stage.sign_in(name, password, client=client)
    return str(told.value)


@in_event_loop
async def test_failures_lock_an_account_and_the_lock_doubles(stage: SignInStage) -> None:
    await stage.with_account("anna")
    for lock in (1, 2, 4):
        await stage.fail("anna", 5, client=f"192.0.2.{lock}")
        await refused(stage, "anna")
        stage.clock.advance(lock * MINUTE - timedelta(microseconds=1))
        await refused(stage, "anna")
        stage.clock.advance(timedelta(microseconds=1))
    await stage.sign_in("anna")
    await stage.fail("anna", 5)
    assert (await stage.accounts.get("anna")).locked_until == stage.clock.now() + MINUTE


@in_event_loop
async def test_a_success_forgets_the_failures_of_the_account(stage: SignInStage) -> None:
    await stage.with_account("anna")
    for _ in range(4):
        await stage.fail("anna", 4, client="192.0.2.7")
        await stage.sign_in("anna", client="192.0.2.7")


@in_event_loop
async def test_a_lock_ends_no_session(stage: SignInStage) -> None:
    await stage.with_account("anna")
    session = await stage.sign_in("anna")
    await stage.fail("anna", 5)
    assert await stage.signing.recognize(session.token) is not None


@in_event_loop
async def test_one_address_cannot_lock_everybody(stage: SignInStage) -> None:
    names = [f"user{number}" for number in range(30)]
    for name in names:
        await stage.with_account(name)
    for name in names:
        for _ in range(6):
            await refused(stage, name, WRONG, client="198.51.100.66")
    locked = [each.name for each in await stage.accounts.all() if each.locked_until]
    assert locked == ["user0", "user1", "user2"]
    await refused(stage, "user20", client="198.51.100.66")
    await stage.sign_in("user20", client="198.51.100.67")
    stage.clock.advance(MINUTE)
    await stage.sign_in("user20", client="198.51.100.66")


@in_event_loop
async def test_who_has_an_account_cannot_wash_an_address_clean(stage: SignInStage) -> None:
    await stage.with_account("mallory")
    await stage.with_account("anna")
    for _ in range(19):
        await refused(stage, "nobody", WRONG)
        await stage.sign_in("mallory")
    await refused(stage, "nobody", WRONG)
    await refused(stage, "mallory")


@in_event_loop
async def test_many_who_know_their_passwords_do_not_lock_their_address(stage: SignInStage) -> None:
    await stage.with_account("anna")
    for _ in range(50):
        await stage.sign_in("anna")


@in_event_loop
async def test_an_ipv6_network_of_one_customer_is_one_address(stage: SignInStage) -> None:
    for number in range(20):
        await refused(stage, f"user{number}", WRONG, client=f"2001:db8::{number:x}")
    await stage.with_account("anna")
    await refused(stage, "anna", client="2001:db8::ffff")
    await stage.sign_in("anna", client="2001:db8:0:1::1")


@in_event_loop
async def test_guesses_at_the_same_time_are_no_more_than_the_rule_allows(stage: SignInStage) -> None:
    await stage.with_account("anna")

    async def guess(number: int) -> bool:
        password = PASSWORD if number >= 5 else WRONG
        try:
            await stage.sign_in("anna", password, client=f"198.51.100.{number}")
        except SignInRefusedError:
            return False
        return True

    assert not any(await asyncio.gather(*(guess(number) for number in range(100))))


@in_event_loop
async def test_locks_are_told_without_what_was_typed_into_the_wrong_field(stage: SignInStage) -> None:
    await stage.with_account("anna")
    await stage.fail("anna", 5)
    await stage.fail("my secret password", 5)
    until = (NOON + MINUTE).isoformat()
    changes = {"locked_until": (None, until), "address": (None, "192.0.2.1")}
    assert (await stage.told())[1:] == [
        ("sign-in", "account.locked", "anna", changes),
        ("sign-in", "account.locked", NO_ACCOUNT, changes),
    ]
    await stage.fail("x", 10)
    assert (await stage.told())[-1] == ("sign-in", "address.locked", "192.0.2.1", changes)
