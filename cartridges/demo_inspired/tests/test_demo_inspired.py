"""The sample customers can sign in where nobody can be hurt, and nowhere else."""

from pathlib import Path
from typing import Any

import pytest

from demo_inspired.customers import CUSTOMERS, PATRICIA, SAMPLE_PASSWORD, prepare_customers
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.systems import prepared_system
from iomconnector.usecases.password_proof import SignInRefusedError

QUICK: dict[str, Any] = {"password_memory_kib": 32, "password_passes": 1}


@pytest.mark.parametrize("environment", ["development", "test"])
@in_event_loop
async def test_all_can_sign_in_in_development_and_test(tmp_path: Path, environment: str) -> None:
    async with prepared_system("inspired-b2x", tmp_path, environment=environment, **QUICK) as system:
        for user in CUSTOMERS:
            session = await system.customer_sign_in.sign_in(
                user.channel, user.login, SAMPLE_PASSWORD, client="192.0.2.1"
            )
            assert session.user.customer == user.customer


@in_event_loop
async def test_the_known_password_never_gets_into_production(tmp_path: Path) -> None:
    async with prepared_system("inspired-b2x", tmp_path, **QUICK) as system:
        assert {user.login for user in await system.customer_users.all()} == {
            each.login for each in CUSTOMERS
        }
        with pytest.raises(SignInRefusedError):
            await system.customer_sign_in.sign_in(
                PATRICIA.channel, PATRICIA.login, SAMPLE_PASSWORD, client="192.0.2.1"
            )


@in_event_loop
async def test_preparing_again_changes_nothing(tmp_path: Path) -> None:
    async with prepared_system("inspired-b2x", tmp_path, environment="test", **QUICK) as system:
        before = await system.customer_users.all()
        assert await prepare_customers(system) == "all are there already"
        assert await system.customer_users.all() == before
