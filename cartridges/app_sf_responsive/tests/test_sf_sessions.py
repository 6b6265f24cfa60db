"""Who is recognized in a browser: nobody else's page, and no other shop, acts for a customer."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from fastapi import Request

from app_sf_responsive.recognition import SignInAtShopNeeded, customer_of
from app_sf_responsive.testing.stage import NAMESAKE, PASSWORD, PATRICIA, open_stage
from iomconnector.application import Application
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.web.csrf import CsrfError
from iomconnector.web.customer_sessions import customer_cookie


def _request(system: Application, cookies: dict[str, str], method: str = "GET", csrf: str = "") -> Request:
    headers = {"host": "shop.example", "cookie": "; ".join(f"{name}={cookies[name]}" for name in cookies)}
    headers |= {"x-csrf-token": csrf} if csrf else {}
    return Request(
        {
            "type": "http",
            "method": method,
            "scheme": "http",
            "path": "/",
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "app": SimpleNamespace(state=SimpleNamespace(application=system)),
            "server": ("shop.example", 80),
        }
    )


@in_event_loop
async def test_who_is_signed_in_changes_nothing_without_the_token_of_the_session(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as stage:
        system = stage.application
        mine, other = [
            await system.customer_sign_in.sign_in(each.channel, each.login, PASSWORD, client="192.0.2.1")
            for each in (PATRICIA, NAMESAKE)
        ]
        cookies = {customer_cookie(each.user.channel): each.token for each in (mine, other)}
        for session, elsewhere in ((mine, other), (other, mine)):
            channel = session.user.channel
            assert (await customer_of(_request(system, cookies), channel)).user == session.user
            for csrf in ("", "guessed", elsewhere.csrf_token):
                with pytest.raises(CsrfError):
                    await customer_of(_request(system, cookies, "POST", csrf), channel)
            changing = _request(system, cookies, "POST", session.csrf_token)
            assert (await customer_of(changing, channel)).user == session.user
            strange = {customer_cookie(channel): elsewhere.token}
            for nobody in (_request(system, {}), _request(system, strange)):
                with pytest.raises(SignInAtShopNeeded):
                    await customer_of(nobody, channel)
