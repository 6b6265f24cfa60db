"""Who calls from a browser as a customer: nobody else's page, and no other channel, acts for them."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from types import SimpleNamespace

import pytest
from fastapi import Request

from iomconnector.application import Application
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.samples import CHANNEL, CONTEXTS, OTHER_CHANNEL, sample_customer_user
from iomconnector.testing.sign_in_stage import PASSWORD
from iomconnector.web.csrf import CsrfError
from iomconnector.web.customer_sessions import CustomerSignInNeeded, current_customer, customer_cookie

Systems = Callable[..., AbstractAsyncContextManager[Application]]


def _request(system: Application, cookies: dict[str, str], method: str = "GET", csrf: str = "") -> Request:
    headers = {"host": "shop.example", "cookie": "; ".join(f"{name}={cookies[name]}" for name in cookies)}
    headers |= {"x-csrf-token": csrf} if csrf else {}
    app = SimpleNamespace(state=SimpleNamespace(application=system))
    sent = [(name.encode(), value.encode()) for name, value in headers.items()]
    return Request(
        {
            "type": "http",
            "method": method,
            "scheme": "http",
            "path": "/",
            "query_string": b"",
            "headers": sent,
        }
        | {"app": app, "server": ("shop.example", 80)}
    )


@in_event_loop
async def test_who_is_signed_in_changes_nothing_without_the_token_of_the_session(
    application: Systems,
) -> None:
    async with application() as system:
        for context in CONTEXTS:
            await system.contexts.save(context)
        sessions = {}
        for channel in (CHANNEL, OTHER_CHANNEL):
            await system.customer_users.register(sample_customer_user(channel=channel), PASSWORD, by="tests")
            sessions[channel] = await system.customer_sign_in.sign_in(
                channel, "anna", PASSWORD, client="192.0.2.1"
            )
        cookies = {customer_cookie(channel): each.token for channel, each in sessions.items()}
        for channel, session in sessions.items():
            found = await current_customer(_request(system, cookies), channel)
            assert found.user == session.user
            for csrf in (
                "",
                "guessed",
                sessions[OTHER_CHANNEL if channel == CHANNEL else CHANNEL].csrf_token,
            ):
                with pytest.raises(CsrfError):
                    await current_customer(_request(system, cookies, "POST", csrf), channel)
            changing = _request(system, cookies, "POST", session.csrf_token)
            assert (await current_customer(changing, channel)).user == session.user
            with pytest.raises(CustomerSignInNeeded):
                await current_customer(_request(system, {}), channel)
