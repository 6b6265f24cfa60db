"""Signing in: who is let in, for how long, and what a stranger can learn."""

from dataclasses import replace
from datetime import timedelta

import pytest

from iomconnector.model.accounts import Role
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import FastPasswordHasher
from iomconnector.testing.samples import NOON
from iomconnector.testing.sign_in_stage import PASSWORD, WRONG, SignInStage, rules
from iomconnector.usecases.kept_sessions import csrf_token_of
from iomconnector.usecases.password_proof import SignInRefusedError

MINUTE = timedelta(minutes=1)


@pytest.fixture
def stage() -> SignInStage:
    return SignInStage()


async def refused(stage: SignInStage, name: str, password: str = PASSWORD, client: str = "192.0.2.1") -> str:
    with pytest.raises(SignInRefusedError) as told:
        await stage.sign_in(name, password, client=client)
    return str(told.value)


@in_event_loop
async def test_who_knows_the_password_gets_a_session(stage: SignInStage) -> None:
    account = await stage.with_account("anna", Role.ADMINISTRATOR)
    session = await stage.sign_in(" ANNA ")
    assert session.account == account
    assert session.expires_at == NOON + 30 * MINUTE
    assert len(session.token) == 43
    assert session.csrf_token == csrf_token_of(session.token) != session.token
    assert await stage.signing.recognize(session.token) == session


@in_event_loop
async def test_the_token_is_stored_and_shown_nowhere(stage: SignInStage) -> None:
    await stage.with_account("anna")
    session = await stage.sign_in("anna")
    stored = await stage.sessions.find(stage.digest(session))
    for kept in (repr(session), repr(stored), repr(await stage.told())):
        assert session.token not in kept
        assert session.csrf_token not in kept
        assert PASSWORD not in kept
    assert await stage.sessions.find(session.token) is None


@in_event_loop
async def test_nobody_has_a_token_that_was_not_given(stage: SignInStage) -> None:
    await stage.with_account("anna")
    session = await stage.sign_in("anna")
    for token in (
        "",
        session.token[:-1],
        session.token + "A",
        stage.digest(session),
        session.csrf_token,
        "\ud800",
    ):
        assert await stage.signing.recognize(token) is None


@in_event_loop
async def test_each_sign_in_gets_a_new_token_and_ends_the_session_that_the_browser_had(
    stage: SignInStage,
) -> None:
    await stage.with_account("anna")
    elsewhere = await stage.sign_in("anna")
    first = await stage.sign_in("anna")
    second = await stage.sign_in("anna", replacing=first.token)
    assert len({elsewhere.token, first.token, second.token}) == 3
    assert await stage.signing.recognize(first.token) is None
    assert await stage.signing.recognize(second.token) is not None
    assert await stage.signing.recognize(elsewhere.token) is not None


@in_event_loop
async def test_a_stranger_learns_nothing(stage: SignInStage) -> None:
    """Unknown name, wrong password, account not active, locked account, locked address: one sentence, and for
    all but the last one the same work."""
    for name in ("anna", "resting", "locked"):
        await stage.with_account(name)
    await stage.accounts.deactivate("resting", by="boss")
    await stage.fail("locked", 5, client="192.0.2.9")
    said = set()
    for name, password in (
        ("nobody", PASSWORD),
        ("a\x00b", PASSWORD),
        ("", ""),
        ("anna", WRONG),
        ("anna", ""),
        ("anna", "x" * 5000),
        ("anna", "\ud800"),
        ("resting", PASSWORD),
        ("resting", WRONG),
        ("locked", PASSWORD),
        ("locked", WRONG),
    ):
        before = stage.hasher.verified
        said.add(await refused(stage, name, password))
        assert stage.hasher.verified == before + 1
    await stage.fail("nobody-else", 9)
    before = stage.hasher.verified
    said.add(await refused(stage, "anna"))
    assert stage.hasher.verified == before
    assert len(said) == 1


@in_event_loop
async def test_sign_in_and_sign_out_are_told(stage: SignInStage) -> None:
    await stage.with_account("anna")
    session = await stage.sign_in("anna")
    await stage.signing.sign_out(session.token)
    await stage.signing.sign_out(session.token)
    assert (await stage.told())[1:] == [
        ("anna", "session.opened", "anna", {"address": (None, "192.0.2.1")}),
        ("anna", "session.closed", "anna", {}),
    ]
    assert await stage.signing.recognize(session.token) is None


@in_event_loop
async def test_a_session_ends_when_it_is_not_used_and_lives_on_when_it_is(stage: SignInStage) -> None:
    await stage.with_account("anna")
    used, unused = await stage.sign_in("anna"), await stage.sign_in("anna")
    stage.clock.advance(29 * MINUTE)
    session = await stage.signing.recognize(used.token)
    assert session is not None
    assert session.expires_at == NOON + 59 * MINUTE
    stage.clock.advance(MINUTE)
    assert await stage.signing.recognize(unused.token) is None
    assert await stage.sessions.find(stage.digest(unused)) is None
    assert await stage.signing.recognize(used.token) is not None


@in_event_loop
async def test_no_session_outlives_its_longest_time(stage: SignInStage) -> None:
    await stage.with_account("anna")
    token = (await stage.sign_in("anna")).token
    for _ in range(12 * 6 - 1):
        stage.clock.advance(10 * MINUTE)
        session = await stage.signing.recognize(token)
        assert session is not None
        assert session.expires_at <= NOON + timedelta(hours=12)
    stage.clock.advance(10 * MINUTE)
    assert await stage.signing.recognize(token) is None


@pytest.mark.parametrize("change", ["set_password", "set_role", "deactivate", "remove"])
@in_event_loop
async def test_a_grave_change_ends_every_session_of_the_account_and_no_other(change: str) -> None:
    stage = SignInStage()
    for name in ("anna", "bert"):
        await stage.with_account(name)
    sessions = [await stage.sign_in("anna") for _ in range(3)]
    other = await stage.sign_in("bert")
    arguments: dict[str, tuple[object, ...]] = {
        "set_password": ("another password!",),
        "set_role": (Role.READ_ONLY,),
    }
    await getattr(stage.accounts, change)("anna", *arguments.get(change, ()), by="boss")
    for session in sessions:
        assert await stage.sessions.find(stage.digest(session)) is None
        assert await stage.signing.recognize(session.token) is None
    assert await stage.signing.recognize(other.token) is not None


@in_event_loop
async def test_an_account_that_is_not_active_has_no_session_whatever_is_stored(stage: SignInStage) -> None:
    await stage.with_account("anna")
    session = await stage.sign_in("anna")
    stored = await stage.sessions.find(stage.digest(session))
    await stage.accounts.deactivate("anna", by="boss")
    account = await stage.repository.find("anna")
    assert stored is not None
    assert account is not None
    await stage.sessions.save(replace(stored, generation=account.generation))
    assert await stage.signing.recognize(session.token) is None


@in_event_loop
async def test_a_sign_in_that_a_new_password_overtakes_opens_nothing(stage: SignInStage) -> None:
    """The password was right when it was compared, and is another one when the session is stored."""
    await stage.with_account("anna")

    class Slow(FastPasswordHasher):
        async def verify(self, password: str, hashed: str | None) -> bool:
            right = await stage.hasher.verify(password, hashed)
            await stage.accounts.set_password("anna", "another password!", by="boss")
            return right

    overtaken = await stage.sign_in_with(Slow()).sign_in("anna", PASSWORD, client="192.0.2.1")
    assert await stage.signing.recognize(overtaken.token) is None


@in_event_loop
async def test_a_hash_with_old_parameters_is_renewed_and_ends_no_session(stage: SignInStage) -> None:
    await stage.with_account("anna")
    earlier = await stage.sign_in("anna")
    renewed = FastPasswordHasher(2)
    await stage.sign_in_with(renewed).sign_in("anna", PASSWORD, client="192.0.2.1")
    stored = await stage.repository.find("anna")
    assert stored is not None
    assert not renewed.outdated(stored.password_hash)
    await stage.sign_in_with(renewed).sign_in("anna", PASSWORD, client="192.0.2.1")
    assert await stage.signing.recognize(earlier.token) is not None


@in_event_loop
async def test_proving_the_password_again_counts_like_a_sign_in_and_opens_nothing(stage: SignInStage) -> None:
    await stage.with_account("anna")
    await stage.signing.confirm("anna", PASSWORD, client="192.0.2.1")
    for _ in range(5):
        with pytest.raises(SignInRefusedError):
            await stage.signing.confirm("anna", WRONG, client="192.0.2.1")
    await refused(stage, "anna")
    assert [action for _, action, _, _ in await stage.told()] == ["account.added", "account.locked"]


@in_event_loop
async def test_what_is_over_is_swept_away_by_later_sign_ins() -> None:
    stage = SignInStage(rules(account=2))
    await stage.with_account("anna")
    old = await stage.sign_in("anna")
    await stage.fail("nobody")
    stage.clock.advance(timedelta(days=2))
    await stage.sign_in("anna")
    assert await stage.sessions.find(stage.digest(old)) is None
    assert await stage.failures.forget(stage.clock.now()) == 0
