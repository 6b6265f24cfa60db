"""Failures of people who buy are counted for themselves: by channel, and apart from those of operators."""

import pytest

from iomconnector.model.accounts import Role
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.memory import MemoryCustomerUserRepository, MemorySessionStore
from iomconnector.testing.samples import CHANNEL, OTHER_CHANNEL, sample_customer_user
from iomconnector.testing.sign_in_stage import MINUTE, PASSWORD, WRONG, SignInStage, rules
from iomconnector.usecases.customer_sign_in import CustomerSignIn
from iomconnector.usecases.customer_users import CustomerUsers
from iomconnector.usecases.password_proof import SignInRefusedError

CLIENT, ANOTHER_CLIENT = "192.0.2.1", "192.0.2.2"


def _customers(stage: SignInStage) -> tuple[CustomerUsers, CustomerSignIn]:
    """People who buy, whose failures stand where those of the operators stand."""
    repository = MemoryCustomerUserRepository(stage.audit, {CHANNEL, OTHER_CHANNEL})
    parts = (repository, MemorySessionStore(), stage.failures, stage.hasher, stage.audit, stage.clock)
    return CustomerUsers(*parts), CustomerSignIn(*parts, stage.rules)


async def _fail(signing: CustomerSignIn, times: int) -> None:
    for _ in range(times):
        with pytest.raises(SignInRefusedError):
            await signing.sign_in(CHANNEL, "anna", WRONG, client=CLIENT)


@in_event_loop
async def test_failures_at_a_storefront_lock_no_operator_and_the_other_way_round() -> None:
    stage = SignInStage(rules(account=2, address=2))
    await stage.with_account("anna", Role.ADMINISTRATOR)
    users, signing = _customers(stage)
    await users.register(sample_customer_user(), PASSWORD, by="stage")
    await _fail(signing, 3)
    with pytest.raises(SignInRefusedError):
        await signing.sign_in(CHANNEL, "anna", PASSWORD, client=CLIENT)
    assert await stage.sign_in("anna", client=CLIENT)
    await stage.fail("anna", 3, client=ANOTHER_CLIENT)
    stage.clock.advance(2 * MINUTE)
    assert await signing.sign_in(CHANNEL, "anna", PASSWORD, client=ANOTHER_CLIENT)


@in_event_loop
async def test_failures_at_one_storefront_lock_nobody_of_that_login_at_another() -> None:
    stage = SignInStage(rules(account=2))
    users, signing = _customers(stage)
    for channel in (CHANNEL, OTHER_CHANNEL):
        await users.register(sample_customer_user(channel=channel), PASSWORD, by="stage")
    await _fail(signing, 3)
    with pytest.raises(SignInRefusedError):
        await signing.sign_in(CHANNEL, "anna", PASSWORD, client=CLIENT)
    assert await signing.sign_in(OTHER_CHANNEL, "anna", PASSWORD, client=CLIENT)
