"""Steps that fail or are interrupted: what is recorded, what is told, and no secret in it."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest
from pydantic import BaseModel

from iomconnector.application import Application
from iomconnector.errors import StorageError
from iomconnector.ports.preparation_protocol import Outcome, StepEntry
from iomconnector.preparation import (
    StepFailedError,
    StepUnavailableError,
    prepare_database,
)
from iomconnector.preparation.failures import masked
from iomconnector.preparation.steps import CORE
from iomconnector.storage.preparation import Preparer
from iomconnector.testing import preparers
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.preparers import cartridge_with, failing, telling

System = Callable[..., AbstractAsyncContextManager[Application]]


async def entries(system: Application) -> list[StepEntry]:
    return [entry for entry in await system.preparation_protocol.entries() if entry.cartridge != CORE]


@in_event_loop
async def test_a_failing_step_keeps_what_was_before_and_says_how_to_go_on(application: System) -> None:
    told: list[str] = []
    after = telling(told, "after")
    broken = cartridge_with(
        "shop", telling(told, "before"), failing("content", ValueError("no rates")), after
    )
    async with application(broken) as system:
        with pytest.raises(StepFailedError) as raised:
            await prepare_database(system)
        assert told == ["before"]
        said = str(raised.value)
        place = f"{preparers.__file__}:{failing('', OSError()).prepare.__code__.co_firstlineno}"
        assert said.startswith(
            "The step 'content' of shop failed in the phase main: ValueError: no rates. "
            f"It is defined at {place}, and failed at {preparers.__file__}:"
        )
        assert said.endswith("run `iomconnector dbprepare` again: it continues with this step.")
        assert raised.value.exit_code == 1
        assert raised.value.ids["step"] == "content"
        found = [(entry.step, entry.outcome, entry.message) for entry in await entries(system)]
        assert found == [
            ("before", Outcome.DONE, "before is done"),
            ("content", Outcome.FAILED, "ValueError: no rates."),
        ]
        assert list(await system.preparation_protocol.registrations()) == []
    mended = cartridge_with("shop", telling(told, "before"), telling(told, "content"), after)
    async with application(mended) as system:
        await prepare_database(system)
        assert told == ["before", "content", "after"]
        assert [each.cartridge for each in await system.preparation_protocol.registrations()] == ["shop"]


@in_event_loop
async def test_a_step_that_the_database_does_not_serve_ends_with_the_exit_code_of_that(
    application: System,
) -> None:
    error = StorageError("The disk is full.", hint="Free space.")
    async with application(cartridge_with("shop", failing("content", error))) as system:
        with pytest.raises(StepUnavailableError, match=r"The disk is full\. Free space\.") as raised:
            await prepare_database(system)
        assert raised.value.exit_code == 4
        assert " failed at " not in str(raised.value), "an error on purpose says itself what is wrong"


@in_event_loop
async def test_an_interrupted_step_is_recorded_and_runs_again(application: System) -> None:
    began = asyncio.Event()
    told: list[str] = []

    async def wait(_: Application) -> str:
        began.set()
        await asyncio.sleep(60)
        return ""

    async with application(cartridge_with("shop", Preparer("content", wait))) as system:
        task = asyncio.create_task(prepare_database(system))
        await began.wait()
        [entry] = await entries(system)
        assert (entry.outcome, entry.finished_at) == (Outcome.RUNNING, None)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        [entry] = await entries(system)
        assert (entry.outcome, entry.message) == (Outcome.FAILED, "Interrupted.")
    async with application(cartridge_with("shop", telling(told, "content"))) as system:
        await prepare_database(system)
    assert told == ["content"]


@in_event_loop
async def test_neither_error_nor_protocol_nor_message_tells_a_secret(application: System) -> None:
    key = "k3y" * 14 + "AA="
    said = f"{key} postgresql://shop:s3cret@db/shop password='pa ss' api_key=abc, Authorization: Bearer xyz"

    async def prepare(_: Application) -> str:
        return said

    settings = {"secret_key": key}
    async with application(cartridge_with("shop", failing("content", OSError(said))), **settings) as system:
        with pytest.raises(StepFailedError) as raised:
            await prepare_database(system)
        texts = [str(raised.value), *(entry.message for entry in await entries(system))]
    async with application(cartridge_with("shop", Preparer("content", prepare)), **settings) as system:
        texts += [entry.message for entry in (await prepare_database(system)).entries]
    assert len(texts) == 3
    for told in texts:
        assert "postgresql://shop:***@db/shop" in told
        for secret in (key, "s3cret", "pa ss", "abc", "xyz"):
            assert secret not in told


@in_event_loop
async def test_what_did_not_pass_a_check_is_not_told(application: System) -> None:
    class Login(BaseModel):
        password: int

    async def prepare(_: Application) -> str:
        return str(Login.model_validate({"password": "s3cret"}))

    async with application(cartridge_with("shop", Preparer("content", prepare))) as system:
        with pytest.raises(StepFailedError) as raised:
            await prepare_database(system)
        assert "Input should be a valid integer" in str(raised.value)
        assert "s3cret" not in str(raised.value)


def test_masking_leaves_what_is_no_secret() -> None:
    for plain in (
        "3 tokens made",
        "at https://shop.example.com:8090/x@y",
        "passwords are asked for later",
        "",
    ):
        assert masked(plain, ["", "zzz"]) == plain


@in_event_loop
async def test_a_missing_table_is_not_answered_with_the_command_that_runs(application: System) -> None:
    missing = StorageError("There is no such table: rates.", hint="Run `iomconnector dbprepare` first.")
    async with application(cartridge_with("shop", failing("content", missing))) as system:
        with pytest.raises(StepUnavailableError) as raised:
            await prepare_database(system)
    assert "no such table: rates." in raised.value.message
    assert "first" not in str(raised.value)
