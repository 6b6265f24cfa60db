"""Accounts are made, changed and removed, and the audit trail tells of it."""

from datetime import timedelta

import pytest

from iomconnector.errors import NotFoundError
from iomconnector.model.accounts import AccountNameError, PasswordRefusedError, Role
from iomconnector.ports.account_repository import AccountExistsError, LastAdministratorError
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.samples import NOON
from iomconnector.testing.sign_in_stage import PASSWORD, SignInStage
from iomconnector.usecases.password_proof import SignInRefusedError

OTHER = "another good password"


@pytest.fixture
def stage() -> SignInStage:
    return SignInStage()


@in_event_loop
async def test_an_account_is_made_under_its_one_name(stage: SignInStage) -> None:
    made = await stage.accounts.add(" Anna ", PASSWORD, Role.OPERATOR, by="root")
    assert (made.name, made.display_name, made.role, made.active) == ("anna", "Anna", Role.OPERATOR, True)
    assert made.created_at == NOON
    assert await stage.accounts.get("ANNA") == made
    with pytest.raises(AccountExistsError, match="'anna'"):
        await stage.accounts.add("aNNa", PASSWORD, Role.OPERATOR, by="root")
    assert await stage.accounts.all() == [made]


@in_event_loop
async def test_an_account_without_a_sound_name_or_password_is_not_made(stage: SignInStage) -> None:
    with pytest.raises(AccountNameError):
        await stage.accounts.add("an na", PASSWORD, Role.OPERATOR, by="root")
    with pytest.raises(PasswordRefusedError):
        await stage.accounts.add("anna", "short", Role.OPERATOR, by="root")
    assert await stage.accounts.all() == []
    assert await stage.told() == []


@in_event_loop
async def test_everything_is_told_with_who_did_it_and_no_password(stage: SignInStage) -> None:
    accounts = stage.accounts
    await accounts.add("boss", PASSWORD, Role.ADMINISTRATOR, by="root")
    await accounts.add("anna", PASSWORD, Role.OPERATOR, display_name="Anna A.", by="boss")
    await accounts.set_role("anna", Role.READ_ONLY, by="boss")
    await accounts.rename("anna", "Anna B.", by="boss")
    await accounts.deactivate("anna", by="boss")
    await accounts.activate("anna", by="boss")
    await accounts.set_password("anna", OTHER, by="anna")
    await accounts.remove("anna", by="boss")
    assert await stage.told() == [
        ("root", "account.added", "boss", {"role": (None, "administrator"), "display_name": (None, "boss")}),
        ("boss", "account.added", "anna", {"role": (None, "operator"), "display_name": (None, "Anna A.")}),
        ("boss", "account.role_changed", "anna", {"role": ("operator", "read-only")}),
        ("boss", "account.renamed", "anna", {"display_name": ("Anna A.", "Anna B.")}),
        ("boss", "account.deactivated", "anna", {}),
        ("boss", "account.activated", "anna", {}),
        ("anna", "account.password_changed", "anna", {}),
        ("boss", "account.removed", "anna", {}),
    ]


@in_event_loop
async def test_what_changes_nothing_is_not_told_and_ends_no_session(stage: SignInStage) -> None:
    await stage.with_account("anna")
    session = await stage.sign_in("anna")
    before = len(await stage.told())
    await stage.accounts.set_role("anna", Role.OPERATOR, by="boss")
    await stage.accounts.activate("anna", by="boss")
    await stage.accounts.rename("anna", "anna", by="boss")
    assert not await stage.accounts.unlock("anna", by="boss")
    assert len(await stage.told()) == before
    assert await stage.signing.recognize(session.token) is not None


@in_event_loop
async def test_there_is_no_account_of_an_impossible_name(stage: SignInStage) -> None:
    for name in ("nobody", "a\x00b", "", "x" * 2000, "\ud800"):
        for change in (
            stage.accounts.get(name),
            stage.accounts.set_password(name, OTHER, by="boss"),
            stage.accounts.set_role(name, Role.OPERATOR, by="boss"),
            stage.accounts.rename(name, "New", by="boss"),
            stage.accounts.deactivate(name, by="boss"),
            stage.accounts.unlock(name, by="boss"),
            stage.accounts.remove(name, by="boss"),
        ):
            with pytest.raises(NotFoundError):
                await change


@in_event_loop
async def test_the_last_active_administrator_stays(stage: SignInStage) -> None:
    await stage.accounts.add("boss", PASSWORD, Role.ADMINISTRATOR, by="root")
    for change in (
        stage.accounts.set_role("boss", Role.OPERATOR, by="boss"),
        stage.accounts.deactivate("boss", by="boss"),
        stage.accounts.remove("boss", by="boss"),
    ):
        with pytest.raises(LastAdministratorError, match="boss"):
            await change
    await stage.accounts.set_password("boss", OTHER, by="boss")


@in_event_loop
async def test_a_lock_is_shown_and_can_be_ended(stage: SignInStage) -> None:
    await stage.with_account("anna")
    await stage.fail("anna", 5)
    assert (await stage.accounts.get("anna")).locked_until == NOON + timedelta(minutes=1)
    [listed] = await stage.accounts.all()
    assert listed.locked_until == NOON + timedelta(minutes=1)
    assert await stage.accounts.unlock("anna", by="boss")
    assert (await stage.told())[-1][:3] == ("boss", "account.unlocked", "anna")
    assert (await stage.accounts.get("anna")).locked_until is None
    await stage.sign_in("anna")


@in_event_loop
async def test_the_lock_of_an_address_can_be_ended_too(stage: SignInStage) -> None:
    await stage.with_account("anna")
    for number in range(20):
        await stage.fail(f"user{number}", client="2001:db8::1")
    with pytest.raises(SignInRefusedError):
        await stage.sign_in("anna", client="2001:db8::2")
    assert await stage.accounts.unlock_address("2001:db8::/64", by="boss")
    assert (await stage.told())[-1] == (
        "boss",
        "address.unlocked",
        "2001:db8::/64",
        {"locked_until": ((NOON + timedelta(minutes=1)).isoformat(), None)},
    )
    await stage.sign_in("anna", client="2001:db8::2")
    assert await stage.accounts.unlock_address("2001:db8::3", by="boss")
    assert not await stage.accounts.unlock_address("192.0.2.77", by="boss")


@in_event_loop
async def test_a_new_password_ends_the_lock_and_the_old_one_is_worth_nothing(stage: SignInStage) -> None:
    await stage.with_account("anna")
    await stage.fail("anna", 5)
    await stage.accounts.set_password("anna", OTHER, by="boss")
    with pytest.raises(SignInRefusedError):
        await stage.sign_in("anna")
    await stage.sign_in("anna", OTHER)


@in_event_loop
async def test_an_account_of_the_same_name_gets_no_sessions_of_the_removed_one(stage: SignInStage) -> None:
    await stage.with_account("anna")
    session = await stage.sign_in("anna")
    stored = await stage.sessions.find(stage.digest(session))
    assert stored is not None
    await stage.accounts.remove("anna", by="boss")
    assert await stage.sessions.find(stage.digest(session)) is None
    await stage.with_account("anna")
    await stage.sessions.save(stored)
    assert await stage.signing.recognize(session.token) is None
