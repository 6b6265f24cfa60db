"""For how long the tokens of people who buy are good, and how they end before that."""

from datetime import timedelta

import pytest

from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import (
    FastPasswordHasher,
    ManualClock,
    MemoryAuditTrail,
    MemoryCustomerTokenStore,
    MemoryCustomerUserRepository,
    MemoryFailedSignIns,
    MemorySessionStore,
)
from iomconnector.testing.samples import CHANNEL, OTHER_CHANNEL, sample_customer_user
from iomconnector.testing.sign_in_stage import PASSWORD, rules
from iomconnector.usecases.customer_sign_in import CustomerSignIn
from iomconnector.usecases.customer_tokens import CustomerTokens, RefreshRefusedError, TokenPair
from iomconnector.usecases.customer_users import CustomerUsers

ACCESS, REFRESH = timedelta(minutes=30), timedelta(hours=2)
MOMENT = timedelta(seconds=1)


class TokenStage:
    """Tokens on adapters in memory, with a clock that stands until it is moved."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        audit, hasher = MemoryAuditTrail(), FastPasswordHasher()
        sessions, failures = MemorySessionStore(), MemoryFailedSignIns()
        repository = MemoryCustomerUserRepository(audit, {CHANNEL})
        self.users = CustomerUsers(repository, sessions, failures, hasher, audit, self.clock)
        signing = CustomerSignIn(repository, sessions, failures, hasher, audit, self.clock, rules())
        self.tokens = CustomerTokens(
            repository,
            MemoryCustomerTokenStore(),
            signing,
            audit,
            self.clock,
            access=ACCESS,
            refresh=REFRESH,
        )

    async def issue(self) -> TokenPair:
        """Tokens of Anna, who is registered for them."""
        await self.users.register(sample_customer_user(), PASSWORD, by="stage")
        return await self.tokens.issue(CHANNEL, "anna", PASSWORD, client="192.0.2.1")

    async def is_known(self, pair: TokenPair) -> bool:
        """Whether an access token is recognized."""
        return await self.tokens.recognize(CHANNEL, pair.access) is not None


@in_event_loop
async def test_an_access_token_is_good_until_it_ends() -> None:
    stage = TokenStage()
    pair = await stage.issue()
    assert pair.access_seconds == ACCESS.total_seconds()
    stage.clock.advance(ACCESS - MOMENT)
    assert await stage.is_known(pair)
    stage.clock.advance(MOMENT)
    assert not await stage.is_known(pair)


@in_event_loop
async def test_a_refresh_token_is_good_until_it_ends() -> None:
    stage = TokenStage()
    pair = await stage.issue()
    assert pair.refresh_seconds == REFRESH.total_seconds()
    stage.clock.advance(REFRESH)
    with pytest.raises(RefreshRefusedError):
        await stage.tokens.exchange(CHANNEL, pair.refresh)


@in_event_loop
async def test_no_exchange_outlasts_the_proof_of_the_password() -> None:
    stage = TokenStage()
    first = await stage.issue()
    stage.clock.advance(REFRESH - ACCESS / 2)
    last = await stage.tokens.exchange(CHANNEL, first.refresh)
    left = (ACCESS / 2).total_seconds()
    assert (last.access_seconds, last.refresh_seconds) == (left, left)
    stage.clock.advance(ACCESS / 2)
    assert not await stage.is_known(last)
    with pytest.raises(RefreshRefusedError):
        await stage.tokens.exchange(CHANNEL, last.refresh)


@in_event_loop
async def test_a_token_that_is_given_back_ends_all_that_followed_from_the_same_sign_in() -> None:
    stage = TokenStage()
    first = await stage.issue()
    second = await stage.tokens.exchange(CHANNEL, first.refresh)
    await stage.tokens.revoke(OTHER_CHANNEL, second.access)
    await stage.tokens.revoke(CHANNEL, "")
    assert await stage.is_known(second), "it means nothing in another channel"
    await stage.tokens.revoke(CHANNEL, second.access)
    assert not await stage.is_known(first)
    assert not await stage.is_known(second)
    with pytest.raises(RefreshRefusedError):
        await stage.tokens.exchange(CHANNEL, second.refresh)
