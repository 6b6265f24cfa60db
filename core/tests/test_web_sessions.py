"""Sessions over HTTP: cookies, the proof that a request comes from a page of ours, roles, and what ends."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from urllib.parse import quote

import pytest

from iomconnector.application import Application
from iomconnector.model.accounts import Role
from iomconnector.testing.browser import Answer
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.sign_in_site import HOME, SIGN_IN, site_of
from iomconnector.testing.sign_in_stage import PASSWORD, WRONG
from iomconnector.usecases.kept_sessions import csrf_token_of
from iomconnector.web.sessions import local_path

Systems = Callable[..., AbstractAsyncContextManager[Application]]

SESSION = "iomconnector_session"
VISIT = "iomconnector_visit"
JSON = {"accept": "application/json"}


@in_event_loop
async def test_who_signs_in_gets_to_the_page_and_a_cookie_that_scripts_cannot_read(
    application: Systems,
) -> None:
    async with site_of(application) as site:
        answer = await site.sign_in("Operator")
        assert (answer.status, answer.header("location")) == (303, HOME)
        cookie = answer.cookies[SESSION]
        assert (cookie["path"], cookie["samesite"], cookie["httponly"]) == ("/", "lax", True)
        assert (cookie["secure"], cookie["max-age"], cookie["domain"], cookie["expires"]) == ("", "", "", "")
        assert VISIT not in site.browser.cookies
        home = await site.browser.get(HOME)
        assert (home.status, home.text) == (200, "operator")


@in_event_loop
async def test_over_https_a_cookie_belongs_to_this_host_alone(application: Systems) -> None:
    async with site_of(application) as site:
        secure = site.another_browser("https://shop.example")
        answer = await secure.sign_in()
        cookie = answer.cookies[f"__Host-{SESSION}"]
        assert (cookie["path"], cookie["secure"], cookie["httponly"]) == ("/", True, True)
        assert set(secure.browser.cookies) == {f"__Host-{SESSION}"}
        assert (await secure.browser.get(HOME)).status == 200
        secure.browser.cookies = {SESSION: secure.token}
        assert (await secure.browser.get(HOME)).status == 303


@in_event_loop
async def test_who_is_not_signed_in_is_led_to_the_page_and_back(application: Systems) -> None:
    async with site_of(application) as site:
        wanted = "/site/items/7?a=1&b=%2F%2Fevil"
        answer = await site.browser.get(wanted)
        assert (answer.status, answer.header("location")) == (303, f"{SIGN_IN}?next={quote(wanted, safe='')}")
        answer = await site.sign_in(path=str(answer.header("location")))
        assert answer.header("location") == wanted
        other = site.another_browser()
        answer = await other.browser.post("/site/change", {})
        assert (answer.status, answer.header("location")) == (303, SIGN_IN)


@in_event_loop
async def test_programs_and_scripts_are_told_instead_of_led(application: Systems) -> None:
    async with site_of(application) as site:
        answer = await site.browser.send("GET", HOME, headers=JSON)
        assert (answer.status, answer.json["code"]) == (401, "session.sign_in_needed")
        answer = await site.browser.get(HOME, hx_request="true")
        assert answer.status == 401
        assert answer.header("hx-redirect") == f"{SIGN_IN}?next=%2Fsite%2Fhome"


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "/\t/evil.example",
        "/%09//evil" + "\n",
        "/a\r\nSet-Cookie: x=y",
        "javascript:alert(1)",
        "evil.example",
        "",
        " /site/home",
        "/ä",
    ],
)
@in_event_loop
async def test_after_signing_in_nobody_is_led_elsewhere(application: Systems, wanted: str) -> None:
    assert local_path(wanted, HOME) == HOME
    async with site_of(application) as site:
        answer = await site.sign_in(path=f"{SIGN_IN}?next={quote(wanted)}")
        assert (answer.status, answer.header("location")) == (303, HOME)


def test_a_path_of_this_site_is_kept() -> None:
    for path in ("/", "/a", "/a/b?c=d&e=%20#f", "/a//b", "/?next=https://evil.example"):
        assert local_path(path, HOME) == path
    assert local_path(None, HOME) == HOME


@in_event_loop
async def test_a_form_to_sign_in_is_good_for_one_browser(application: Systems) -> None:
    async with site_of(application) as site:
        names = {"name": "operator", "password": PASSWORD}
        other = site.another_browser()
        foreign = (await other.browser.get(SIGN_IN)).text
        for form in (names, {**names, "csrf_token": ""}, {**names, "csrf_token": foreign}):
            for with_cookie in (False, True):
                site.browser.cookies.clear()
                if with_cookie:
                    await site.browser.get(SIGN_IN)
                answer = await site.browser.post(SIGN_IN, form)
                assert answer.status == 403
                assert SESSION not in site.browser.cookies
        own = (await site.browser.get(SIGN_IN)).text
        assert (await site.browser.get(SIGN_IN)).text == own
        assert (await site.browser.post(SIGN_IN, {**names, "csrf_token": own})).status == 303


@in_event_loop
async def test_a_planted_visit_of_no_form_is_replaced(application: Systems) -> None:
    async with site_of(application) as site:
        for planted in ("x", "", "A" * 44, "é" * 43):
            site.browser.cookies = {VISIT: planted}
            token = (await site.browser.get(SIGN_IN)).text
            assert site.browser.cookies[VISIT] != planted
            assert len(token) == 43


@pytest.mark.parametrize("planted", [None, "", "x", "A" * 44])
@in_event_loop
async def test_a_form_is_worth_nothing_without_a_visit_that_nobody_can_guess(
    application: Systems, planted: str | None
) -> None:
    async with site_of(application) as site:
        site.browser.cookies = {} if planted is None else {VISIT: planted}
        form = {"csrf_token": csrf_token_of(planted or ""), "name": "operator", "password": PASSWORD}
        assert (await site.browser.post(SIGN_IN, form)).status == 403


@in_event_loop
async def test_a_session_that_was_planted_is_not_the_one_that_is_opened(application: Systems) -> None:
    async with site_of(application) as attacker:
        await attacker.sign_in("read-only")
        victim = attacker.another_browser()
        victim.browser.cookies[SESSION] = attacker.token
        await victim.sign_in("administrator")
        assert victim.token != attacker.token
        assert (await attacker.browser.get(HOME)).status == 303
        assert (await victim.browser.get(HOME)).text == "administrator"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@in_event_loop
async def test_nothing_is_changed_without_the_token_of_the_session(application: Systems, method: str) -> None:
    async with site_of(application) as site:
        await site.sign_in()
        other = site.another_browser()
        await other.sign_in("administrator")
        for token in (None, "", other.csrf, site.token, site.csrf[:-1], site.csrf + "=", "é"):
            headers = JSON if token is None else {**JSON, "x-csrf-token": token}
            answer = await site.browser.send(method, "/site/change", headers=headers)
            assert (answer.status, answer.json["code"]) == (403, "session.csrf")
        answer = await site.browser.send(method, "/site/change", headers={**JSON, "x-csrf-token": site.csrf})
        assert answer.json == {"changed by": "operator"}


@in_event_loop
async def test_a_form_carries_the_token_in_a_field(application: Systems) -> None:
    async with site_of(application) as site:
        await site.sign_in()
        assert (await site.browser.post("/site/change", {"csrf_token": site.csrf})).status == 200
        refused = await site.browser.post("/site/change", {"csrf_token": "\ud800"})
        assert refused.status == 403
        assert "Nothing was changed" in refused.text
        with_field = await site.browser.post("/site/named", {"csrf_token": site.csrf, "value": "1"})
        assert with_field.json == {"value": "1"}
        in_query = await site.browser.post(f"/site/change?csrf_token={site.csrf}", {})
        assert in_query.status == 403
        as_json = await site.browser.send("POST", "/site/change", b'{"csrf_token": "x"}', JSON)
        assert as_json.status == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": "http://shop.example"}, 200),
        ({"origin": "http://shop.example", "sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "none"}, 200),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "http://shop.example.evil.example"}, 403),
        ({"origin": "http://shop.example:81"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": ""}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"origin": "http://shop.example", "sec-fetch-site": "cross-site"}, 403),
    ],
)
@in_event_loop
async def test_even_with_the_token_a_request_from_another_site_changes_nothing(
    application: Systems, headers: dict[str, str], status: int
) -> None:
    async with site_of(application) as site:
        await site.sign_in()
        answer = await site.browser.post("/site/change", {"csrf_token": site.csrf}, **headers)
        assert answer.status == status


@in_event_loop
async def test_a_role_may_do_what_it_includes(application: Systems) -> None:
    async with site_of(application) as site:
        for role, status in (("read-only", 403), ("operator", 200), ("administrator", 200)):
            await site.sign_in(role)
            answer = await site.browser.send(
                "POST", "/site/change", headers={**JSON, "x-csrf-token": site.csrf}
            )
            assert answer.status == status
        await site.sign_in("read-only")
        answer = await site.browser.post("/site/change", {"csrf_token": site.csrf})
        assert (answer.status, answer.header("content-type")) == (403, "text/html; charset=utf-8")
        assert "This needs the role operator; read-only has the role read-only." in answer.text


@in_event_loop
async def test_a_changed_role_holds_at_once(application: Systems) -> None:
    async with site_of(application) as site:
        await site.sign_in("operator")
        await site.application.accounts.set_role("operator", Role.READ_ONLY, by="test")
        assert (await site.browser.get(HOME)).status == 303


@in_event_loop
async def test_who_signs_out_is_nobody_even_with_the_old_cookie(application: Systems) -> None:
    async with site_of(application) as site:
        await site.sign_in()
        kept = dict(site.browser.cookies)
        answer = await site.browser.post("/site/sign-out", {"csrf_token": site.csrf})
        assert answer.status == 303
        assert answer.cookies[SESSION]["max-age"] == "0"
        assert site.browser.cookies == {}
        site.browser.cookies = kept
        assert (await site.browser.get(HOME)).status == 303


@in_event_loop
async def test_an_idle_session_is_over(application: Systems) -> None:
    async with site_of(application, session_idle_minutes=0.0001) as site:
        await site.sign_in()
        await asyncio.sleep(0.05)
        assert (await site.browser.get(HOME)).status == 303


@in_event_loop
async def test_repeated_failures_lock_with_one_answer(application: Systems) -> None:
    async with site_of(application, lockout_failures=2) as site:
        first = apart_from_its_id(await site.sign_in("operator", WRONG))
        assert first.status == 401
        for name, password in (("operator", WRONG), ("operator", PASSWORD), ("nobody", PASSWORD)):
            assert apart_from_its_id(await site.sign_in(name, password)) == first
        await site.application.accounts.unlock("operator", by="test")
        assert (await site.sign_in()).status == 303


@in_event_loop
async def test_programs_with_an_access_token_need_no_session(
    application: Systems,
) -> None:
    async with site_of(application) as site:
        refused = await site.browser.send("GET", "/site/program", headers={"authorization": "Bearer x"})
        assert (refused.status, refused.header("www-authenticate")) == (401, "Bearer")
        assert refused.json["code"] == "access.unauthorized"
        await site.sign_in()
        by_cookie = await site.browser.send("GET", "/site/program", headers=JSON)
        assert by_cookie.status == 401


@in_event_loop
async def test_no_token_reaches_the_log(application: Systems, capsys: pytest.CaptureFixture[str]) -> None:
    async with site_of(application) as site:
        await site.sign_in("operator", WRONG)
        await site.sign_in()
        await site.browser.post("/site/change", {"csrf_token": "wrong"})
        await site.browser.get("/site/items/x")
        said = "".join(capsys.readouterr())
        for secret in (site.token, site.csrf, PASSWORD, WRONG):
            assert secret not in said


def apart_from_its_id(answer: Answer) -> Answer:
    """An answer without the id of its request, which is another each time."""
    return replace(answer, headers=tuple(each for each in answer.headers if each[0] != "x-request-id"))
